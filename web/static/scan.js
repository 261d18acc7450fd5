// The camera for the page that verifies: form[data-scan]. Without this script the form works by itself.
//
//   data-scan-text="text"  name of the box for a scanned text        data-scan-file="file"  name of the file input
//   [data-scan-slot]       where the buttons and the picture of the camera go
//
// Where the browser reads QR codes itself (BarcodeDetector) no picture leaves it. Elsewhere a frame goes to the server
// about twice a second until it finds a code. What is found is sent by the form, as if it had been typed or chosen.
(function () {
  'use strict';

  const PAUSE = 500;
  const WIDEST = 1600;
  const QUALITY = 0.85;
  const form = document.querySelector('form[data-scan]');
  if (!form) return;

  const lang = document.documentElement.lang.startsWith('en') ? 'en' : 'zh';
  const text = form.elements.namedItem(form.dataset.scanText);
  const file = form.elements.namedItem(form.dataset.scanFile);
  const slot = form.querySelector('[data-scan-slot]');
  const state = { stream: null, detector: null };
  const parts = {};

  function pick(zh, en) { return lang === 'en' ? en : zh; }

  function button(words, act) {
    const element = document.createElement('button');
    element.type = 'button';
    element.className = 'button-quiet';
    element.textContent = words;
    element.addEventListener('click', act);
    return element;
  }

  function say(words) {
    parts.said.textContent = words;
    parts.said.hidden = words === '';
  }

  function build() {
    parts.start = button(pick('打开摄像头扫码', 'Scan with the camera'), start);
    parts.stop = button(pick('关闭摄像头', 'Close the camera'), stop);
    parts.photo = button(pick('拍照核验', 'Take a photo'), function () { parts.camera.click(); });
    parts.camera = document.createElement('input');
    parts.video = document.createElement('video');
    parts.said = document.createElement('p');
    parts.start.id = 'scan-start';
    parts.camera.type = 'file';
    parts.camera.accept = 'image/*';
    parts.camera.setAttribute('capture', 'environment');
    parts.camera.hidden = true;
    parts.camera.addEventListener('change', function () { send(parts.camera.files); });
    parts.video.setAttribute('playsinline', '');
    parts.video.muted = true;
    parts.video.hidden = true;
    parts.video.className = 'scan-video';
    parts.video.setAttribute('aria-label', pick('摄像头画面', 'Picture of the camera'));
    parts.said.className = 'notice';
    parts.said.setAttribute('role', 'status');
    parts.said.hidden = true;
    parts.stop.hidden = true;
    // A camera is only there under a secure address.
    parts.start.hidden = !(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
    const row = document.createElement('p');
    row.className = 'buttons';
    row.append(parts.start, parts.stop, parts.photo);
    slot.append(row, parts.camera, parts.video, parts.said);
  }

  async function start() {
    try {
      state.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1920 } }, audio: false });
    } catch (error) {
      say(pick('无法使用摄像头。请允许使用，或拍照、上传图片、输入窗口码。', 'The camera can\'t be used. Allow it, or take a photo, send a picture, or type the window code.'));
      return;
    }
    parts.video.srcObject = state.stream;
    parts.video.hidden = false;
    parts.start.hidden = true;
    parts.stop.hidden = false;
    say(pick('请将证书上的大二维码放入画面，保持平整。', 'Hold the certificate\'s large QR code flat into the picture.'));
    await parts.video.play();
    state.detector = await detector();
    watch(state.stream);
  }

  function stop() {
    if (state.stream) state.stream.getTracks().forEach(function (track) { track.stop(); });
    state.stream = null;
    parts.video.srcObject = null;
    parts.video.hidden = true;
    parts.start.hidden = false;
    parts.stop.hidden = true;
    say('');
  }

  // The browser's own reader, if it knows QR codes.
  async function detector() {
    try {
      const known = typeof BarcodeDetector === 'function' ? await BarcodeDetector.getSupportedFormats() : [];
      return known.indexOf('qr_code') >= 0 ? new BarcodeDetector({ formats: ['qr_code'] }) : null;
    } catch (error) {
      return null;
    }
  }

  // Looks at one frame after the other, as long as this camera is on.
  async function watch(stream) {
    while (state.stream === stream) {
      try {
        if (await look(stream)) return;
      } catch (error) {
        // This frame could not be read; the next may be.
      }
      await new Promise(function (resolve) { setTimeout(resolve, PAUSE); });
    }
  }

  async function look(stream) {
    if (!parts.video.videoWidth) return false;
    if (state.detector) {
      const found = await state.detector.detect(parts.video);
      if (found.length && state.stream === stream) return sendText(found[0].rawValue);
      return false;
    }
    const frame = await picture();
    const answer = await fetch('/api/v1/verify', { method: 'POST', body: frame, headers: { 'Content-Type': 'image/jpeg', Accept: 'application/json' } });
    if (answer.status === 429) {
      stop();
      say(pick('查询过于频繁，请稍后再试，或拍照、输入窗口码。', 'Too many requests: wait a while, or take a photo or type the window code.'));
      return true;
    }
    const verdict = answer.ok ? await answer.json() : null;
    const unread = !verdict || ['NOT_RECOGNISED', 'SCAN_INCOMPLETE'].indexOf(verdict.code) >= 0;
    return unread || state.stream !== stream ? false : sendFrame(frame);
  }

  function picture() {
    const canvas = document.createElement('canvas');
    const scale = Math.min(1, WIDEST / parts.video.videoWidth);
    canvas.width = Math.round(parts.video.videoWidth * scale);
    canvas.height = Math.round(parts.video.videoHeight * scale);
    canvas.getContext('2d').drawImage(parts.video, 0, 0, canvas.width, canvas.height);
    return new Promise(function (resolve) { canvas.toBlob(resolve, 'image/jpeg', QUALITY); });
  }

  function sendText(scanned) {
    stop();
    text.value = scanned;
    file.value = '';
    form.submit();
    return true;
  }

  function sendFrame(frame) {
    stop();
    const transfer = new DataTransfer();
    transfer.items.add(new File([frame], 'scan.jpg', { type: 'image/jpeg' }));
    return send(transfer.files);
  }

  // As if the file had been chosen in the form.
  function send(files) {
    if (!files.length) return false;
    text.value = '';
    file.files = files;
    form.submit();
    return true;
  }

  build();
  // A scanner gun ends with CR: that sends the form, as long as no input method is composing.
  text.addEventListener('keydown', function (event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || text.value.trim() === '') return;
    event.preventDefault();
    form.submit();
  });
  addEventListener('pagehide', stop);
  form.addEventListener('dragover', function (event) { event.preventDefault(); });
  form.addEventListener('drop', function (event) {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const transfer = new DataTransfer();
    transfer.items.add(event.dataTransfer.files[0]);
    send(transfer.files);
  });
}());
