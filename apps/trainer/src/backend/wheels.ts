/**
 * The one table of what `reformer backend install` fetches from PyPI.
 *
 * TensorFlow.js' own installers still ask for a libtensorflow of 2022. Its binding compiles against today's
 * library, which PyPI serves inside TensorFlow's wheels, so that is where it comes from: exactly these files,
 * or nothing. The CUDA libraries are those that `tensorflow[and-cuda]` asks for.
 */

export const TENSORFLOW_VERSION = "2.21.0";

export interface Wheel {
  /** As pip spells it: `name==version`. */
  requirement: string;
  file: string;
  sha256: string;
  megabytes: number;
  /** The one folder inside the wheel that is kept, where TensorFlow looks for it. */
  provides: string;
}

export interface WheelSet {
  wheels: readonly Wheel[];
  /** pip's names of the platforms whose wheels run here, so that the user's own Python may be of any version. */
  platforms: readonly string[];
  /** What stays on disk once the wheels are unpacked and deleted, the npm packages included. */
  installedMegabytes: number;
}

/** The interpreter that the wheels are for. None is needed to use their libraries. */
export const WHEEL_PYTHON = { version: "3.12", abis: ["cp312", "none"] } as const;

const LINUX_X64: WheelSet = {
  wheels: [
    {
      requirement: `tensorflow-cpu==${TENSORFLOW_VERSION}`,
      file: "tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl",
      sha256: "dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb",
      megabytes: 274,
      provides: "tensorflow",
    },
  ],
  platforms: ["manylinux_2_27_x86_64"],
  installedMegabytes: 1200,
};

const LINUX_ARM64: WheelSet = {
  wheels: [
    {
      requirement: `tensorflow==${TENSORFLOW_VERSION}`,
      file: "tensorflow-2.21.0-cp312-cp312-manylinux_2_27_aarch64.whl",
      sha256: "b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552",
      megabytes: 282,
      provides: "tensorflow",
    },
  ],
  platforms: ["manylinux_2_27_aarch64"],
  installedMegabytes: 1200,
};

const CUDA_WHEELS: readonly Wheel[] = [
  {
    requirement: "nvidia-cublas-cu12==12.9.3.13",
    file: "nvidia_cublas_cu12-12.9.3.13-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "d7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72",
    megabytes: 581,
    provides: "nvidia/cublas",
  },
  {
    requirement: "nvidia-cuda-cupti-cu12==12.9.79",
    file: "nvidia_cuda_cupti_cu12-12.9.79-py3-none-manylinux_2_25_x86_64.whl",
    sha256: "096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f",
    megabytes: 11,
    provides: "nvidia/cuda_cupti",
  },
  {
    requirement: "nvidia-cuda-nvcc-cu12==12.9.86",
    file: "nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    sha256: "5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0",
    megabytes: 41,
    provides: "nvidia/cuda_nvcc",
  },
  {
    requirement: "nvidia-cuda-nvrtc-cu12==12.9.86",
    file: "nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    sha256: "210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4",
    megabytes: 90,
    provides: "nvidia/cuda_nvrtc",
  },
  {
    requirement: "nvidia-cuda-runtime-cu12==12.9.79",
    file: "nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3",
    megabytes: 3,
    provides: "nvidia/cuda_runtime",
  },
  {
    requirement: "nvidia-cudnn-cu12==9.28.0.42",
    file: "nvidia_cudnn_cu12-9.28.0.42-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375",
    megabytes: 717,
    provides: "nvidia/cudnn",
  },
  {
    requirement: "nvidia-cufft-cu12==11.4.1.4",
    file: "nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28",
    megabytes: 201,
    provides: "nvidia/cufft",
  },
  {
    requirement: "nvidia-curand-cu12==10.3.10.19",
    file: "nvidia_curand_cu12-10.3.10.19-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e",
    megabytes: 68,
    provides: "nvidia/curand",
  },
  {
    requirement: "nvidia-cusolver-cu12==11.7.5.82",
    file: "nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88",
    megabytes: 338,
    provides: "nvidia/cusolver",
  },
  {
    requirement: "nvidia-cusparse-cu12==12.5.10.65",
    file: "nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78",
    megabytes: 366,
    provides: "nvidia/cusparse",
  },
  {
    requirement: "nvidia-nccl-cu12==2.32.3",
    file: "nvidia_nccl_cu12-2.32.3-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c",
    megabytes: 352,
    provides: "nvidia/nccl",
  },
  {
    requirement: "nvidia-nvjitlink-cu12==12.9.86",
    file: "nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    sha256: "e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9",
    megabytes: 40,
    provides: "nvidia/nvjitlink",
  },
];

const LINUX_X64_GPU: WheelSet = {
  wheels: [
    {
      requirement: `tensorflow==${TENSORFLOW_VERSION}`,
      file: "tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl",
      sha256: "b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0",
      megabytes: 573,
      provides: "tensorflow",
    },
    ...CUDA_WHEELS,
  ],
  platforms: [
    "manylinux_2_27_x86_64",
    "manylinux_2_25_x86_64",
    "manylinux2014_x86_64",
    "manylinux2010_x86_64",
  ],
  installedMegabytes: 6000,
};

const SETS: Record<string, WheelSet> = {
  "linux-x64": LINUX_X64,
  "linux-arm64": LINUX_ARM64,
  "linux-x64-gpu": LINUX_X64_GPU,
};

/** The wheels for a platform such as `linux-x64`; undefined where PyPI has none whose library fits tfjs-node. */
export function wheelSet(platform: string, { gpu }: { gpu: boolean }): WheelSet | undefined {
  return SETS[gpu ? `${platform}-gpu` : platform];
}

/** Room that is needed to bring what is still missing of a set: the unpacked parts, and one wheel beside them. */
export function neededMegabytes(
  { wheels, installedMegabytes }: WheelSet,
  missing: readonly Wheel[] = wheels,
): number {
  const share = downloadMegabytes(missing) / downloadMegabytes(wheels);
  return Math.ceil(installedMegabytes * share + Math.max(...missing.map((wheel) => wheel.megabytes)));
}

/** Megabytes to download. */
export function downloadMegabytes(wheels: readonly Wheel[]): number {
  return wheels.reduce((sum, wheel) => sum + wheel.megabytes, 0);
}
