// The door to Node: loaded once per process like any addon of Node-API, so it is never unloaded under TensorFlow's
// feet. Loading it makes its ops known to the TensorFlow that tfjs-node has already loaded.
#include <node_api.h>

#include "kernels.h"
#include "pool.h"

namespace {

const reformer::Kernel* const kernels[] = {
    &reformer::adam,           &reformer::addAttention,       &reformer::chunkAttention,
    &reformer::chunkAttentionGrad, &reformer::feedForward,    &reformer::feedForwardGrad,
    &reformer::heads,          &reformer::headsGrad,          &reformer::mergeHeads,
    &reformer::mergeHeadsGrad, &reformer::normalizeKeys,      &reformer::normalizeKeysGrad,
    &reformer::tokenHead,      &reformer::undoAttention,      &reformer::writeRows,
};

napi_value setThreads(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  int32_t threads = 1;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  if (count == 1 && napi_get_value_int32(env, argument, &threads) == napi_ok) reformer::setThreadCount(threads);
  napi_value result;
  napi_create_int32(env, reformer::threadCount(), &result);
  return result;
}

}  // namespace

extern "C" NAPI_MODULE_EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  // A worker thread loads the same library again; TensorFlow has its ops already.
  static const std::string complaint = [] {
    std::string first;
    for (const reformer::Kernel* kernel : kernels) {
      const std::string said = reformer::registerKernel(*kernel);
      if (first.empty()) first = said;
    }
    return first;
  }();
  if (!complaint.empty()) {
    napi_throw_error(env, nullptr, complaint.c_str());
    return nullptr;
  }
  napi_value function;
  napi_create_function(env, "setThreads", NAPI_AUTO_LENGTH, setThreads, nullptr, &function);
  napi_set_named_property(env, exports, "setThreads", function);
  return exports;
}
