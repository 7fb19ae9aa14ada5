/**
 * The hash alone. Vectors that fall into one bucket are likely near each other, so a nearest neighbour is looked for among those that
 * share a bucket with the query in any round, instead of among all.
 *
 *     npm start
 */
import * as tf from "@tensorflow/tfjs";
import { drawRotations, hashVectors } from "@reformer-ts/lsh";

tf.env().set("PROD", true); // tfjs says nothing of faster backends: for tensors this small plain JavaScript will do
const [count, depth, numBuckets, numHashes, queries] = [4000, 32, 64, 8, 100];

// Queries are noisy copies of the first vectors, so the neighbour of each is known.
const vectors = tf.randomNormal([count, depth], 0, 1, "float32", 1);
const noisy = tf.add(
  tf.slice(vectors, [0, 0], [queries, -1]),
  tf.randomNormal([queries, depth], 0, 0.2, "float32", 2),
);
const rotations = drawRotations({ heads: 1, depth, numHashes, numBuckets, seed: 3 });

/** `[numHashes, rows]` */
const bucketsOf = (rows) => {
  const hashed = hashVectors(tf.reshape(rows, [1, 1, -1, depth]), rotations, numBuckets);
  return tf.reshape(hashed, [numHashes, -1]).arraySync();
};
const index = bucketsOf(vectors).map(grouped);
const asked = bucketsOf(noisy);
const [table, questions] = [vectors.arraySync(), noisy.arraySync()];

let [found, seen] = [0, 0];
for (let query = 0; query < queries; query++) {
  const candidates = new Set(index.flatMap((buckets, round) => buckets.get(asked[round][query]) ?? []));
  seen += candidates.size;
  const nearest = [...candidates].reduce((best, i) => (near(i, query) > near(best, query) ? i : best), -1);
  if (nearest === query) found++;
}
const share = seen / queries / count;
console.log(
  `${found} of ${queries} neighbours found, ${(100 * share).toFixed(1)}% of ${count} vectors looked at for each`,
);

function near(i, query) {
  if (i < 0) return -Infinity;
  return (
    table[i].reduce((sum, value, axis) => sum + value * questions[query][axis], 0) / Math.hypot(...table[i])
  );
}

/** Members of every bucket. */
function grouped(buckets) {
  const groups = new Map();
  buckets.forEach((bucket, i) => groups.set(bucket, [...(groups.get(bucket) ?? []), i]));
  return groups;
}
