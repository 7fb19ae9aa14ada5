#include "op.h"

namespace reformer {

namespace {

std::string text(const Shape& shape) {
  std::string result = "[";
  for (size_t i = 0; i < shape.size(); i++) result += (i ? ", " : "") + (shape[i] < 0 ? "any" : std::to_string(shape[i]));
  return result + "]";
}

Shape shapeOf(const TF_Tensor* tensor) {
  Shape shape(TF_NumDims(tensor));
  for (size_t i = 0; i < shape.size(); i++) shape[i] = TF_Dim(tensor, static_cast<int>(i));
  return shape;
}

bool fits(const Shape& actual, const Shape& expected) {
  if (actual.size() != expected.size()) return false;
  for (size_t i = 0; i < actual.size(); i++)
    if (expected[i] >= 0 && actual[i] != expected[i]) return false;
  return true;
}

}  // namespace

Call::~Call() {
  for (TF_Tensor* tensor : inputs_)
    if (tensor != nullptr) TF_DeleteTensor(tensor);
  for (TF_Tensor* tensor : outputs_) TF_DeleteTensor(tensor);
  TF_DeleteStatus(status_);
}

void Call::checkStatus() {
  if (TF_GetCode(status_) != TF_OK) throw Refused(TF_Message(status_));
}

TF_Tensor* Call::tensor(int input) {
  if (inputs_.empty()) inputs_.resize(TF_NumInputs(context_), nullptr);
  require(input >= 0 && input < static_cast<int>(inputs_.size()), "there is no such input");
  if (inputs_[input] == nullptr) {
    TF_GetInput(context_, input, &inputs_[input], status_);
    checkStatus();
  }
  return inputs_[input];
}

Shape Call::shape(int input) { return shapeOf(tensor(input)); }

int64_t Call::elements(int input) { return TF_TensorElementCount(tensor(input)); }

void* Call::data(int input, TF_DataType type, const Shape& shape, const char* name) {
  TF_Tensor* given = tensor(input);
  const Shape actual = shapeOf(given);
  require(TF_TensorType(given) == type, std::string(name) + " is of the wrong type");
  require(fits(actual, shape), std::string(name) + " is of shape " + text(actual) + ", but must be " + text(shape));
  return TF_TensorData(given);
}

const float* Call::floats(int input, const Shape& shape, const char* name) {
  return static_cast<const float*>(data(input, TF_FLOAT, shape, name));
}

const int32_t* Call::ints(int input, const Shape& shape, const char* name) {
  return static_cast<const int32_t*>(data(input, TF_INT32, shape, name));
}

void* Call::allocate(int index, TF_DataType type, const Shape& shape) {
  int64_t count = 1;
  for (int64_t size : shape) count *= size;
  TF_Tensor* made = TF_AllocateOutput(context_, index, type, shape.data(), static_cast<int>(shape.size()),
                                      count * TF_DataTypeSize(type), status_);
  checkStatus();
  outputs_.push_back(made);
  return TF_TensorData(made);
}

float* Call::floatsToChange(int input, const Shape& shape, const char* name) {
  return isEmpty(input) ? nullptr : static_cast<float*>(data(input, TF_FLOAT, shape, name));
}

float* Call::output(int index, const Shape& shape) { return static_cast<float*>(allocate(index, TF_FLOAT, shape)); }

int32_t* Call::intOutput(int index, const Shape& shape) {
  return static_cast<int32_t*>(allocate(index, TF_INT32, shape));
}

void refuse(TF_OpKernelContext* context, TF_Code code, const char* why) {
  TF_Status* status = TF_NewStatus();
  TF_SetStatus(status, code, why);
  TF_OpKernelContext_Failure(context, status);
  TF_DeleteStatus(status);
}

std::string registerKernel(const Kernel& kernel) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(kernel.name);
  for (const char* input : kernel.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : kernel.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(
      definition, [](TF_ShapeInferenceContext* context, TF_Status* outcome) {
        TF_ShapeInferenceContextSetUnknownShape(context, outcome);
      });
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_KernelBuilder* builder = TF_NewKernelBuilder(kernel.name, "CPU", nullptr, kernel.compute, nullptr);
    TF_RegisterKernelBuilder(kernel.name, builder, status);
  }
  const std::string complaint = TF_GetCode(status) == TF_OK ? "" : TF_Message(status);
  TF_DeleteStatus(status);
  return complaint;
}

}  // namespace reformer
