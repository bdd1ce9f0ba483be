// Canvases and their pixels: making one, cutting the square out of a picture, and where a pointer is on one.

function canvasOf(width, height = width) {
  return Object.assign(document.createElement('canvas'), { width, height });
}

const penOf = (canvas) => canvas.getContext('2d', { willReadFrequently: true });

// The centre square of whatever can be drawn, on white, halved step by step so that nothing flickers.
function cut(picture, width, height) {
  let size = Math.min(width, height);
  let from = canvasOf(Math.min(size, 4096));
  const pen = penOf(from);
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, from.width, from.height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, (width - size) / 2, (height - size) / 2, size, size, 0, 0, from.width, from.height);
  for (size = from.width; size >= 2 * side; size = from.width) from = scaled(from, Math.round(size / 2));
  return scaled(from, side);
}

function scaled(from, size) {
  const to = canvasOf(size);
  const pen = penOf(to);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(from, 0, 0, size, size);
  return to;
}

function placeOf(event, canvas) {
  const room = canvas.getBoundingClientRect();
  const [x, y] = [(event.clientX - room.left) / room.width, (event.clientY - room.top) / room.height];
  const within = (share) => Math.min(Math.max(Math.floor(share * side), 0), side - 1);
  return { x: within(x), y: within(y) };
}
