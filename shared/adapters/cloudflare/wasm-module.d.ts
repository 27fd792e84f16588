/** Wrangler turns an import of a `.wasm` file into a module that workerd has compiled already. */
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
