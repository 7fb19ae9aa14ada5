/**
 * The one table of what `reformer backend install` fetches.
 *
 * TensorFlow.js' own installers still ask for a libtensorflow of 2022. Its binding compiles against today's
 * library, which PyPI serves inside TensorFlow's wheels, so that is where it comes from: exactly these files,
 * or nothing.
 */

export const TENSORFLOW_VERSION = "2.21.0";
export const TFJS_NODE_VERSION = "4.22.0";
export const NODE_API_HEADERS_VERSION = "1.9.0";

/** The Node-API level that tfjs-node's loader asks for on every Node from 18 on: one binding serves them all. */
export const NODE_API_LEVEL = 8;

export interface Wheel {
  /** As pip spells it: `name==version`. */
  requirement: string;
  file: string;
  sha256: string;
  megabytes: number;
}

export interface WheelSet {
  /** pip's name of the platform, so that the user's own Python may be of any version. */
  platform: string;
  wheels: readonly Wheel[];
  /** What stays on disk once the wheels are unpacked and deleted, the npm packages included. */
  installedMegabytes: number;
}

const TENSORFLOW_LINUX_X64: WheelSet = {
  platform: "manylinux_2_27_x86_64",
  wheels: [
    {
      requirement: `tensorflow-cpu==${TENSORFLOW_VERSION}`,
      file: "tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl",
      sha256: "dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb",
      megabytes: 274,
    },
  ],
  installedMegabytes: 1200,
};

const TENSORFLOW_LINUX_ARM64: WheelSet = {
  platform: "manylinux_2_27_aarch64",
  wheels: [
    {
      requirement: `tensorflow==${TENSORFLOW_VERSION}`,
      file: "tensorflow-2.21.0-cp312-cp312-manylinux_2_27_aarch64.whl",
      sha256: "b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552",
      megabytes: 280,
    },
  ],
  installedMegabytes: 1200,
};

const SETS: Record<string, WheelSet> = {
  "linux-x64": TENSORFLOW_LINUX_X64,
  "linux-arm64": TENSORFLOW_LINUX_ARM64,
};

/** The wheels for one platform such as `linux-x64`; undefined where PyPI has none that fits tfjs-node. */
export function wheelSet(platform: string, { gpu = false }: { gpu?: boolean } = {}): WheelSet | undefined {
  return SETS[gpu ? `${platform}-gpu` : platform];
}

export const PYTHON_VERSION_OF_WHEELS = { version: "3.12", abi: "cp312" } as const;
