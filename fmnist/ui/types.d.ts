// Types of what the scripts pass to each other, for the type checker.

/** Fractions of the pad's side, from the left and from the top. */
type Point = [x: number, y: number];

/**
 * A line of the pen, whose width is a fraction of the pad's side; or, of width 0 and with one point,
 * a fill of what the strokes before it enclose there.
 */
interface Stroke {
  width: number;
  points: Point[];
}

type Rectangle = [left: number, top: number, right: number, bottom: number];

/** A person's choices; `photo` is an address. */
interface Chosen {
  dataset: string;
  network: string;
  ink: string;
  cut_out: string;
  source: string;
  photo?: string;
}

/** The server's last answer, null if there is none, and the choices by which it was given. */
interface Answer {
  by: Omit<Chosen, "photo">;
  answer: null | {
    headline: string;
    below: string;
    /** The likeliest class or the number, as the data set names it; "" if nothing is known. */
    label: string;
    /** Of each network, the likeliest answers or the digits of a number, each with its probability, also in words. */
    networks: { name: string; shares: [name: string, share: number, likelihood: string][] }[];
    /** All views of the picture, of 28×28 bytes each, in base64. */
    views: string;
    /** The first view's place in the picture: left, top, right, bottom, as fractions. */
    frame: number[];
    /** Whether it is a drawing of clothing, whose answers are scaled in their own way. */
    drawn: boolean;
    /** The same of each digit of a number; otherwise none. */
    digits: { label: string; views: string; frame: number[]; drawn: boolean }[];
  };
}

/** What gradio gives the script of a component. */
interface Component {
  element: HTMLElement;
  /** The component's values, by name; setting `value` tells gradio. */
  props: Record<string, any>;
  /** Fire an event of the component, with data for its handler in Python. */
  trigger(event: string, data?: unknown): void;
  /** Call a function each time a property is changed from outside. */
  watch(property: string | string[], changed: () => void): void;
}

/** A test image, to open as the picture. */
interface TestImage {
  dataset: string;
  number: number;
  network: string;
  /** Whether to go up to it, in Classify. */
  above?: boolean;
}

/** Some of the filters for the test images in Compare, and whether to go to these images. */
interface Filtering {
  filters: Record<string, string>;
  leads?: boolean;
}

/** The events at the document, by name, with their details; docs/architecture.md has the table. */
interface Told {
  ready: undefined;
  drawn: { strokes: Stroke[] };
  draw: { strokes: Stroke[] };
  highlight: { stroke: number | null };
  example: { strokes: Stroke[] };
  chosen: Chosen;
  asked: undefined;
  trouble: { said: string };
  theme: undefined;
  answer: Answer;
  open: TestImage | null;
  image: TestImage | null;
  filter: Filtering;
  "what-if": { number: string; said: { answer: string; same: boolean }[] };
}

interface DocumentEventMap {
  ready: CustomEvent<Told["ready"]>;
  drawn: CustomEvent<Told["drawn"]>;
  draw: CustomEvent<Told["draw"]>;
  highlight: CustomEvent<Told["highlight"]>;
  example: CustomEvent<Told["example"]>;
  chosen: CustomEvent<Told["chosen"]>;
  asked: CustomEvent<Told["asked"]>;
  trouble: CustomEvent<Told["trouble"]>;
  theme: CustomEvent<Told["theme"]>;
  answer: CustomEvent<Told["answer"]>;
  open: CustomEvent<Told["open"]>;
  image: CustomEvent<Told["image"]>;
  filter: CustomEvent<Told["filter"]>;
  "what-if": CustomEvent<Told["what-if"]>;
}

// All elements that the scripts look for are HTML elements, but for those of SVG by their names.
interface ParentNode {
  querySelector<Name extends keyof HTMLElementTagNameMap>(
    selectors: Name,
  ): HTMLElementTagNameMap[Name];
  querySelector<Name extends keyof SVGElementTagNameMap>(
    selectors: Name,
  ): SVGElementTagNameMap[Name];
  querySelector(selectors: string): HTMLElement;
  querySelectorAll<Name extends keyof HTMLElementTagNameMap>(
    selectors: Name,
  ): NodeListOf<HTMLElementTagNameMap[Name]>;
  querySelectorAll<Name extends keyof SVGElementTagNameMap>(
    selectors: Name,
  ): NodeListOf<SVGElementTagNameMap[Name]>;
  querySelectorAll(selectors: string): NodeListOf<HTMLElement>;
}
