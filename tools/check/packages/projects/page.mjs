import * as tf from "@tensorflow/tfjs";
import { use } from "./use.mjs";
tf.setBackend("cpu");
use(tf, { gradients: true }).then(
  (result) => (document.title = `ok ${result}`),
  (error) => (document.title = `failed ${error.message}`),
);
