/** What Vite makes of imports that are not modules. */
declare module "*?url" {
  const url: string;
  export default url;
}
declare module "*?raw" {
  const text: string;
  export default text;
}
declare module "*.css";
interface ImportMeta {
  /** DEV: served by Vite for development, not built. */
  readonly env: { readonly DEV: boolean };
}
declare module "virtual:prepared/*" {
  /** What the chapter's `prepare.ts` computed in the build, for `decode` of `prepared/codec.ts`. */
  const text: string;
  export default text;
}
