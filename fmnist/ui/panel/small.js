// Makes a photo small before it is sent, as the server does anyway: a phone's own takes seconds on
// its line.

const LIGHT = 300_000; // bytes: what is lighter goes as it is, in less than a second at 3 Mbit/s
const QUALITY = 0.92; // of the JPEG: docs/experiments.md has how few answers it changes
const OPAQUE = ["image/jpeg", "image/heic", "image/heif"];

/**
 * The photo upright, its longest side at most `longest` pixels, as a JPEG. The file itself if it is
 * light or has transparent parts, or if the browser cannot show it.
 *
 * @param {File} file
 * @param {number} longest
 */
export async function small(file, longest) {
  const readable = !isHeic(file); // by the server
  if (readable && file.size < LIGHT) return file;
  try {
    const canvas = await reduced(file, longest);
    if (!OPAQUE.includes(file.type) && isTransparent(canvas)) return file;
    const jpeg = await asJpeg(canvas);
    const name = `${file.name.replace(/\.\w+$/, "")}.jpg`;
    return readable && jpeg.size >= file.size ? file : new File([jpeg], name, { type: jpeg.type });
  } catch {
    return file;
  }
}

/** @type {(file: File) => boolean} */
const isHeic = (file) => /^image\/hei[cf]/.test(file.type) || /\.hei[cf]$/i.test(file.name);

/**
 * @param {File} file
 * @param {number} longest
 */
async function reduced(file, longest) {
  const picture = new Image(); // it turns photos upright, and shows HEIC where the system does
  picture.src = URL.createObjectURL(file);
  try {
    await picture.decode();
    const { naturalWidth: width, naturalHeight: height } = picture;
    const scale = Math.min(1, longest / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas;
  } finally {
    URL.revokeObjectURL(picture.src);
  }
}

/** @type {(canvas: HTMLCanvasElement) => boolean} */
function isTransparent(canvas) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value, place) => place % 4 === 3 && value < 255);
}

/** @type {(canvas: HTMLCanvasElement) => Promise<Blob>} */
const asJpeg = (canvas) =>
  new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob ? done(blob) : failed()), "image/jpeg", QUALITY);
  });
