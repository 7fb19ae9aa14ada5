export { deriveSeed, type SeedPath } from "./derive-seed";
export { Random, type RandomState } from "./random";
