export { BACKENDS, type BackendName, type OpenedBackend, type OpenOptions } from "./backends";
export { cacheFolder } from "./cache-folder";
export { installTensorflow, type InstallOptions, type TensorflowInstallation } from "./install-tensorflow";
export { BACKEND_CHOICES, openBackend } from "./open-backend";
