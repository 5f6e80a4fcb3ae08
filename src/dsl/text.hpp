// Words of the messages.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <dsl/array.hpp>
#include <dsl/in_quotes.hpp>
#include <dsl/plan/plan.hpp>

namespace ansatz::running {

const char* type_name(ElementType type);
/// A number as a reader would write it: 3, 0.1, nan.
std::string number_text(double value);
/// The same, but never as a whole number is written: 3.0.
std::string real_text(double value);
/// "[100, 784]"
std::string shape_text(const Dims& dims);
/// "[batch, 784]"; the names of extents come from the plan, if there is one.
std::string shape_text(const ir::Shape& shape, const ir::PlanView* plan = nullptr);
/// "the memory does not suffice: WHAT takes 3.1 GB"
std::string no_memory(const std::string& what, std::size_t bytes);
/// Whether a tensor may have this name: A-Z a-z 0-9 _ . / - and at least one of them.
bool good_name(std::string_view name);

}  // namespace ansatz::running
