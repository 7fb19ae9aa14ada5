import * as tf from "@tensorflow/tfjs";
import { use } from "./use.mjs";
await tf.ready();
console.log(await use(tf, { gradients: true }));
