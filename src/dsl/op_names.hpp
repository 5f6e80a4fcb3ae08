// How C++ names the ops of the library.
#pragma once

#include <dsl/ir/op_info.hpp>

#include <string>
#include <string_view>

namespace ansatz::explaining {

/// An op that generated code may name.
struct OpName {
  const ir::OpInfo* info;
  const char* type;    ///< in ansatz::ops
  const char* header;  ///< in dsl/ops
};

/// The op of "NAME/VERSION", as plans write it; null for ops that are not the library's.
const OpName* find_op(std::string_view name_and_version);

/// "NAME/VERSION" of an op of the library.
std::string written(const ir::OpInfo& op);

}  // namespace ansatz::explaining
