// SPDX-License-Identifier: Apache-2.0
// Runs an ONNX model in ONNX Runtime for a parent process. Messages go both ways over stdin and stdout: four
// bytes, little-endian, with the length of a JSON text; the text; then the tensors' bytes that it announces.
//   {"model": PATH}                                       -> {"version": TEXT}
//   {"inputs": [{"name", "type", "shape", "bytes"}, ..]}  -> {"outputs": [{"name", "type", "shape", "bytes"}, ..]}
//   {"inputs": .., "time": {"warm_up": N, "repeats": N}}  -> {"seconds": [NUMBER, ..]}
// or {"error": TEXT}. The end of stdin ends the process. Every output of the model comes, in its order. Graph
// optimisation is off and one thread computes, so that each node is what the model says and runs are alike;
// {"model": PATH, "fast": true, "threads": N} is for timing: all optimisations, N threads.
'use strict';
const fs = require('fs');

const ARRAYS = {
  float32: Float32Array, float64: Float64Array, uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array,
  int16: Int16Array, uint32: Uint32Array, int32: Int32Array, uint64: BigUint64Array, int64: BigInt64Array,
  bool: Uint8Array, float16: Uint16Array,
};
const SESSION_OPTIONS = {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'disabled',
  executionMode: 'sequential',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
};

/// Exactly `size` bytes, or null at the end of the stream.
function read(size) {
  const buffer = Buffer.alloc(size);
  for (let at = 0; at < size;) {
    const got = fs.readSync(0, buffer, at, size - at, null);
    if (got === 0) return null;
    at += got;
  }
  return buffer;
}

function write(buffer) {
  for (let at = 0; at < buffer.length;) at += fs.writeSync(1, buffer, at, buffer.length - at);
}

function send(header, parts) {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  write(length);
  write(text);
  for (const part of parts) write(part);
}

function tensorOf(ort, described) {
  const bytes = read(described.bytes);
  const whole = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  return new ort.Tensor(described.type, new ARRAYS[described.type](whole), described.shape);
}

function optionsOf(request) {
  if (!request.fast) return SESSION_OPTIONS;
  return { ...SESSION_OPTIONS, graphOptimizationLevel: 'all', intraOpNumThreads: request.threads };
}

async function secondsOf(session, feeds, { warm_up, repeats }) {
  const seconds = [];
  for (let i = 0; i < warm_up + repeats; ++i) {
    const begin = process.hrtime.bigint();
    await session.run(feeds);
    if (i >= warm_up) seconds.push(Number(process.hrtime.bigint() - begin) * 1e-9);
  }
  return seconds;
}

async function answer(ort, state, request) {
  if (request.model !== undefined) {
    state.session = await ort.InferenceSession.create(request.model, optionsOf(request));
    return [{ version: ort.env.versions.node || ort.env.versions.common }, []];
  }
  const feeds = {};
  for (const input of request.inputs) feeds[input.name] = tensorOf(ort, input);
  if (request.time !== undefined) return [{ seconds: await secondsOf(state.session, feeds, request.time) }, []];
  const results = await state.session.run(feeds);
  const outputs = [], parts = [];
  for (const name of state.session.outputNames) {
    const { type, dims, data } = results[name];
    parts.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    outputs.push({ name, type, shape: dims, bytes: data.byteLength });
  }
  return [{ outputs }, parts];
}

async function main() {
  const ort = require(process.env.NNPSIM_ONNXRUNTIME_PACKAGE);
  const state = {};
  for (;;) {
    const length = read(4);
    if (length === null) return;
    const request = JSON.parse(read(length.readUInt32LE()).toString());
    try {
      send(...(await answer(ort, state, request)));
    } catch (error) {
      send({ error: String(error.message || error) }, []);
    }
  }
}

main().catch((error) => {
  send({ error: String(error.message || error) }, []);
  process.exit(1);
});
