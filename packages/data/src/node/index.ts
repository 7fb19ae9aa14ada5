export { type FileSource, openByteSource } from "./byte-source";
export { readEmoji, splitEmoji } from "./emoji";
export { type ImageRecords, type ReadImagesOptions, readImages } from "./image-folder";
export { type ListOptions, listFiles } from "./list-files";
export { type NpySource, openNpySource, writeNpyTokens } from "./npy-source";
export { type ReadOptions, readBytes } from "./read-bytes";
export { readText } from "./read-text";
export { textPieces } from "./text-pieces";
