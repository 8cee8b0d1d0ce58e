// Pictures as other shots of them, drawn by the browser itself: no further program is needed.

/**
 * JPEGs of a picture that fill `width` × `height`, each a little different in place, size, light and noise, as frames of a camera are.
 * `light` is what is left of it, 1 for all.
 */
export async function views(browser, picture, { count, width = 600, height = 800, light = 1, seed = 1 }) {
  const page = await browser.newPage();
  try {
    const drawn = await page.evaluate(draw, { picture: picture.toString('base64'), count, width, height, light, seed });
    return drawn.map((text) => Buffer.from(text, 'base64'));
  } finally {
    await page.close();
  }
}

/** Runs in the browser. */
async function draw({ picture, count, width, height, light, seed }) {
  let state = seed;
  const chance = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  const image = new Image();
  image.src = `data:image/jpeg;base64,${picture}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  const frames = [];
  for (let frame = 0; frame < count; frame += 1) {
    const scale = Math.max(width / image.width, height / image.height) * (1.01 + 0.01 * chance());
    const [wide, high] = [image.width * scale, image.height * scale];
    const left = (width - wide) * (0.5 + 0.1 * (chance() - 0.5));
    const top = (height - high) * (0.5 + 0.4 * (chance() - 0.5));
    context.filter = `brightness(${light * (0.97 + 0.06 * chance())})`;
    context.drawImage(image, left, top, wide, high);
    context.filter = 'none';
    const pixels = context.getImageData(0, 0, width, height);
    for (let at = 0; at < pixels.data.length; at += 1) {
      pixels.data[at] += at % 4 === 3 ? 0 : (chance() - 0.5) * 5;
    }
    context.putImageData(pixels, 0, 0);
    frames.push(canvas.toDataURL('image/jpeg', 0.92).split(',')[1]);
  }
  return frames;
}
