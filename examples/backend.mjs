/**
 * Where the examples compute: plain JavaScript, which has every operation and is quick enough for tensors this small. A program of
 * your own would rather import `@tensorflow/tfjs-node`, or tfjs' WebAssembly or WebGPU backend; nothing else changes.
 */
import * as tf from "@tensorflow/tfjs";

export async function openBackend() {
  tf.env().set("PROD", true);
  await tf.setBackend("cpu");
  return tf;
}
