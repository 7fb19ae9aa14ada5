export { type ReadOptions, readBytes } from "./read-bytes";
export { type ListOptions, listFiles } from "./list-files";
export { readText } from "./read-text";
export { type FileSource, openByteSource } from "./byte-source";
