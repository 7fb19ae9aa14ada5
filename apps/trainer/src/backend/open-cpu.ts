import * as tf from "@tensorflow/tfjs-core";

import type { Opening } from "./backends";

/** Plain JavaScript: runs everywhere, a hundred times slower than TensorFlow. */
export async function openCpu(): Promise<Opening> {
  const { version_cpu: version } = await import("@tensorflow/tfjs-backend-cpu");
  await tf.setBackend("cpu");
  return {
    works: true,
    backend: {
      name: "cpu",
      tfjsName: "cpu",
      label: `plain JavaScript through tfjs-backend-cpu ${version}`,
      device: "CPU, one thread",
      versions: { "tfjs-backend-cpu": version },
    },
  };
}
