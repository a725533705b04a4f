// What the scripts pass to each other, for the type checker.

/** Shares of the pad's side, from left and from top. */
type Point = [x: number, y: number];

/** A line of the pen; its width is a share of the pad's side. */
interface Stroke {
  width: number;
  points: Point[];
}

/** What a person has chosen; `photo` is an address. */
interface Chosen {
  dataset: string;
  network: string;
  ink: string;
  cut_out: string;
  source: string;
  photo?: string;
}

/** What the server told last, and by which choices; `answer` is null if there is none. */
interface Answer {
  by: Omit<Chosen, "photo">;
  answer: null | {
    headline: string;
    below: string;
    /** All views of the picture, of 28×28 bytes each, in base64. */
    views: string;
    /** Where the first lies in the picture: left, top, right, bottom, as shares of its size. */
    frame: number[];
  };
}

/** What gradio gives the script of a component. */
interface Component {
  element: HTMLElement;
  /** The component's values, by name; to set `value` is to tell gradio. */
  props: Record<string, any>;
  /** Fire an event of the component, with data for its handler in Python. */
  trigger(event: string, data?: unknown): void;
  /** Have a function called each time a property has changed from outside. */
  watch(property: string | string[], changed: () => void): void;
}

/** The events at the document, by name, with their details; docs/architecture.md has the table. */
interface Told {
  ready: undefined;
  drawn: { strokes: Stroke[] };
  draw: { strokes: Stroke[] };
  highlight: { stroke: number | null };
  chosen: Chosen;
  answer: Answer;
  "what-if": { number: string; said: { answer: string; same: boolean }[] };
}

interface DocumentEventMap {
  ready: CustomEvent<Told["ready"]>;
  drawn: CustomEvent<Told["drawn"]>;
  draw: CustomEvent<Told["draw"]>;
  highlight: CustomEvent<Told["highlight"]>;
  chosen: CustomEvent<Told["chosen"]>;
  answer: CustomEvent<Told["answer"]>;
  "what-if": CustomEvent<Told["what-if"]>;
}

// All elements that the scripts look for are of HTML.
interface ParentNode {
  querySelector<Name extends keyof HTMLElementTagNameMap>(
    selectors: Name,
  ): HTMLElementTagNameMap[Name];
  querySelector(selectors: string): HTMLElement;
  querySelectorAll<Name extends keyof HTMLElementTagNameMap>(
    selectors: Name,
  ): NodeListOf<HTMLElementTagNameMap[Name]>;
  querySelectorAll(selectors: string): NodeListOf<HTMLElement>;
}
