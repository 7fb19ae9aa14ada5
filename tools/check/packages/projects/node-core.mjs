import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { use } from "./use.mjs";
await tf.ready();
console.log(await use(tf, { gradients: false }));
