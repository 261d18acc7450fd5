// Reading printed symbols with a decoder that is not ours (ZXing-C++ as WebAssembly), and showing one to a camera.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { execFileSync } = require('child_process');

/** As an office copier sees a page. */
const DPI = 300;

/** Every symbol in a picture file (PNG): `[{ format, text, bytes, position }]`. */
async function decode(file) {
  const { readBarcodes, prepareZXingModule } = await import('zxing-wasm/reader');
  const wasm = require.resolve('zxing-wasm/reader/zxing_reader.wasm');
  await prepareZXingModule({ overrides: { wasmBinary: fs.readFileSync(wasm).buffer }, fireImmediately: true });
  return readBarcodes(new Blob([fs.readFileSync(file)]), { formats: ['QRCode', 'Code128'], tryHarder: true, maxNumberOfSymbols: 16 });
}

/** The pages of a PDF as black-and-white pictures, as a copier makes them. */
function rasterise(pdf, folder, dpi) {
  execFileSync('pdftoppm', ['-r', String(dpi), '-mono', '-png', pdf, path.join(folder, 'page')]);
  return fs.readdirSync(folder).filter((name) => name.startsWith('page')).sort().map((name) => path.join(folder, name));
}

/**
 * A film of one picture for Chromium's fake camera (YUV4MPEG2, 1280 × 720, grey): the part of the page around the
 * symbol, as large as it fits.
 */
function film(pdf, symbol, dpi, out) {
  const corners = ['topLeft', 'topRight', 'bottomLeft', 'bottomRight'].map((name) => symbol.position[name]);
  const left = Math.min(...corners.map((c) => c.x));
  const top = Math.min(...corners.map((c) => c.y));
  const side = Math.max(...corners.map((c) => c.x)) - left;
  const [width, height] = [1280, 720];
  // The symbol fills 600 of the 720 lines.
  const scaled = Math.round((dpi * 600) / side);
  const factor = scaled / dpi;
  const x = Math.round((left + side / 2) * factor - width / 2);
  const y = Math.round((top + side / 2) * factor - height / 2);
  const grey = execFileSync('pdftoppm', ['-r', String(scaled), '-gray', '-f', '1', '-l', '1', pdf], { maxBuffer: 1 << 28 });
  const picture = pgm(grey);
  const luma = Buffer.alloc(width * height, 255);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const [px, py] = [x + column, y + row];
      if (px < 0 || py < 0 || px >= picture.width || py >= picture.height) continue;
      luma[row * width + column] = picture.pixels[py * picture.width + px];
    }
  }
  const chroma = Buffer.alloc((width * height) / 2, 128);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, chroma]);
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`);
  fs.writeFileSync(out, Buffer.concat([head, frame, frame, frame, frame]));
}

/** The three symbols of a printed certificate's first page: `{ qr, window, bar }`, and where the QR code is. */
async function printed(pdf) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'page-'));
  try {
    const found = await decode(rasterise(pdf, folder, DPI)[0]);
    const by = (format, long) => found.find((one) => one.format === format && (one.text.length > 32) === long);
    const [large, small, bar] = [by('QRCode', true), by('QRCode', false), by('Code128', false)];
    return { qr: large && large.text, window: small && small.text, bar: bar && bar.text, symbol: large };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** A binary PGM. */
function pgm(bytes) {
  const head = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 64).toString('latin1'));
  return { width: Number(head[1]), height: Number(head[2]), pixels: bytes.subarray(head[0].length) };
}

module.exports = { decode, rasterise, printed, film, DPI };
