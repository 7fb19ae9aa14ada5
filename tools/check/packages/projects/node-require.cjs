const tf = require("@tensorflow/tfjs");
const { lshAttention } = require("@reformer-ts/lsh");
const { lshSelfAttention } = require("@reformer-ts/lsh/layers");
const { reversibleStack } = require("@reformer-ts/reversible");
const { resolveConfig } = require("@reformer-ts/model");
const { byteTokenizer } = require("@reformer-ts/data");
const { openByteSource } = require("@reformer-ts/data/node");
const { decodeImage } = require("@reformer-ts/data/images");
const { parseMidi } = require("@reformer-ts/data/midi");

tf.ready().then(() => {
  const x = tf.randomNormal([1, 1, 64, 8]);
  const { shape } = lshAttention(x, x, { chunkLength: 16, numBuckets: 8 });
  const all = [
    lshSelfAttention,
    reversibleStack,
    resolveConfig,
    byteTokenizer,
    openByteSource,
    decodeImage,
    parseMidi,
  ];
  if (shape[2] !== 64 || all.some((what) => typeof what !== "function"))
    throw new Error("require gave something else");
  console.log(`require, ${tf.getBackend()}`);
});
