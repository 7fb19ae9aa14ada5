export { InputError, isInputError, nearest } from "./input-error";
export { assertShape, type Dimensions } from "./assert-shape";
export { requireInteger } from "./require-integer";
