/** The corpora that can be fetched by name. Addresses name a commit where the place has commits, so that what they answer stays. */

export interface RemoteFile {
  url: string;
  /** The file's name in the cache. */
  file: string;
  bytes: number;
  sha256: string;
  /** What is kept of it, under another name: what was packed, or the book without what Project Gutenberg adds. */
  kept?: { file: string; as: "unpacked" | "body" };
}

export interface Corpus {
  /** What it is, in one line, with its licence. */
  description: string;
  /** What a trainer takes it for. */
  kind: "text" | "music" | "genome" | "images";
  /** All of it; or what is trained on and what is held out. */
  files: readonly [RemoteFile] | readonly [RemoteFile, RemoteFile];
}

const github = "https://raw.githubusercontent.com";
const mnist = "https://storage.googleapis.com/cvdf-datasets/mnist";

/** A book of Project Gutenberg, as the GITenberg repositories keep them: without their header and licence. */
function gutenberg(
  description: string,
  [repository, commit, original]: readonly [string, string, string],
  name: string,
  bytes: number,
  sha256: string,
): Corpus {
  const url = `${github}/GITenberg/${repository}/${commit}/${original}`;
  return {
    description: `${description} (public domain)`,
    kind: "text",
    files: [{ url, file: `${name}-${original}`, bytes, sha256, kept: { file: `${name}.txt`, as: "body" } }],
  };
}

export const corpora: Readonly<Record<string, Corpus>> = {
  enwik8: {
    description: "the first 100,000,000 bytes of the English Wikipedia of March 2006, as XML (CC BY-SA)",
    kind: "text",
    files: [
      {
        url: "https://mattmahoney.net/dc/enwik8.zip",
        file: "enwik8.zip",
        bytes: 36_445_475,
        sha256: "547994d9980ebed1288380d652999f38a14fe291a6247c157c3d33d4932534bc",
        kept: { file: "enwik8", as: "unpacked" },
      },
    ],
  },
  shakespeare: {
    description: "40,000 lines of Shakespeare's plays (public domain)",
    kind: "text",
    files: [
      {
        url: `${github}/karpathy/char-rnn/6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/input.txt`,
        file: "shakespeare.txt",
        bytes: 1_115_394,
        sha256: "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
      },
    ],
  },
  "war-and-peace": gutenberg(
    "War and Peace, translated by the Maudes",
    ["War-and-Peace_2600", "fa22ab90f00f627e83d14acabe32d91602d2365d", "2600.txt"],
    "war-and-peace",
    3_226_652,
    "31b5d23be25fe9ad27eca1e78f9f449ae2e17adf07ce62238a79425c53a96646",
  ),
  "brothers-karamazov": gutenberg(
    "The Brothers Karamazov, translated by Constance Garnett",
    ["The-Brothers-Karamazov_28054", "6a2b2e1e64fe3246e470b60459ba207e2872bd0e", "28054-0.txt"],
    "brothers-karamazov",
    2_040_483,
    "fcd9f41938533326d28af59b88dfcfe871096828c0249de133e25eace4dee61e",
  ),
  "moby-dick": gutenberg(
    "Moby-Dick",
    ["Moby-Dick--Or-The-Whale_2701", "bdf1948e6cd00963730971e5624e764a35f238c3", "2701.txt"],
    "moby-dick",
    1_257_304,
    "f17ab08e0ad8c6e43d1e85e3cdae4e1b617ae35069cee7db8dcd457c87b1ec76",
  ),
  chorales: {
    description: "382 chorales of Bach in sixteenths, four voices, in parts for training and testing",
    kind: "music",
    files: [
      {
        url: `${github}/czhuang/JSB-Chorales-dataset/9a7f733ddb4ed91f48da64ac7f0f621c34aadd4d/jsb-chorales-16th.json`,
        file: "chorales.json",
        bytes: 1_741_172,
        sha256: "8730aca7b64e7d29493733d1cf19fad4a5b351d8f1845e57dac27728104fd39f",
      },
    ],
  },
  ecoli: {
    description: "the genome of Escherichia coli K-12 MG1655, 4.64 million bases (public record)",
    kind: "genome",
    files: [
      {
        url: `${github}/mschatz/anicompare/740f486078ecb94b827eb84ddc226df5d6f87c6e/data/ecoli.fa.gz`,
        file: "ecoli.fa.gz",
        bytes: 1_432_602,
        sha256: "b3bb50be0cd03bb14a2a42975b67b806253ae7a5205959f42b90af071fe4cd28",
      },
    ],
  },
  lambda: {
    description: "the genome of the lambda phage, 48,502 bases (public record)",
    kind: "genome",
    files: [
      {
        url: `${github}/BenLangmead/bowtie2/f99fd24a21afdeced587e036e81ca51ac6d8e7ed/example/reference/lambda_virus.fa`,
        file: "lambda.fa",
        bytes: 49_270,
        sha256: "0a04f81952deb68c204e8ae67e0573cb97d348f18ab1b527630d57c294028cf5",
      },
    ],
  },
  mnist: {
    description: "70,000 handwritten digits of 28 x 28, grey; 10,000 of them held out",
    kind: "images",
    files: [
      {
        url: `${mnist}/train-images-idx3-ubyte.gz`,
        file: "train-images-idx3-ubyte.gz",
        bytes: 9_912_422,
        sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
      },
      {
        url: `${mnist}/t10k-images-idx3-ubyte.gz`,
        file: "t10k-images-idx3-ubyte.gz",
        bytes: 1_648_877,
        sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
      },
    ],
  },
};
