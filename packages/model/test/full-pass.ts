/** What the decoder is held against. */
import * as tf from "@tensorflow/tfjs-core";
import { encode, type Reformer } from "../src/index";

/** Logits after the last of `prompt`, by the full pass, `[vocabSize]`. */
export async function fullPass(model: Reformer, prompt: Int32Array): Promise<Float32Array> {
  const logits = tf.tidy(() => {
    const { x1, x2 } = encode(model, tf.tensor2d(prompt, [1, prompt.length], "int32"));
    const last = (x: tf.Tensor) =>
      tf.reshape(tf.slice(x, [0, prompt.length - 1], [-1, 1]), [1, -1]) as tf.Tensor2D;
    return model.head.logits(last(x1), last(x2));
  });
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return values;
}
