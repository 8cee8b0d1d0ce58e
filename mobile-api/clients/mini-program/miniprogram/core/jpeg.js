const { call } = require('./call.js');
const { bytesOf } = require('./keep.js');

const QUALITY = 0.9;

/** A picture as JPEG, its longer side at most `side` pixels; its own `bytes` where a phone cannot make one: the server reads PNG as well. */
async function asJpeg(path, bytes, side) {
  if (typeof wx.createOffscreenCanvas !== 'function') {
    return bytes;
  }
  const canvas = wx.createOffscreenCanvas({ type: '2d', width: side, height: side });
  const image = canvas.createImage();
  await new Promise((done, failed) => {
    image.onload = done;
    image.onerror = failed;
    image.src = path;
  });
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  const { tempFilePath } = await call('canvasToTempFilePath', { canvas, fileType: 'jpg', quality: QUALITY });
  return bytesOf(tempFilePath);
}

module.exports = { asJpeg };
