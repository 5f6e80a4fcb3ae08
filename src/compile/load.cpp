#include "load.hpp"

#include <ansatz/compile/object.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/kernels/loop.hpp>
#include <dsl/plan/loops.hpp>

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstring>
#include <memory>

namespace ansatz::compiling {

namespace {

std::string mismatch(const Stamp& s) {
  if (s.magic != stamp.magic) return "it has no stamp of this library";
  if (std::strcmp(s.version, stamp.version) != 0)
    return fmt::format("it was made for version {}, this is {}", s.version, stamp.version);
  if (std::strcmp(s.isa, stamp.isa) != 0 || s.vector_bytes != stamp.vector_bytes)
    return fmt::format(
        "it was made for the instruction set {}, this is {} (-march among the "
        "flags, in ANSATZ_CXX_FLAGS, says which)",
        s.isa, stamp.isa);
  if (std::memcmp(s.sizes, stamp.sizes, sizeof s.sizes) != 0)
    return "its tables have other sizes than this library's";
  return "";
}

struct Close {
  void operator()(void* library) const { ::dlclose(library); }
};

}  // namespace

int load_object_loops(serial::Descriptor held, unsigned long precision, std::string& why) {
  // By descriptor, since the path may lead to another file by now. The loader knows objects by
  // name, so that the number must not be another one's while this one is loaded.
  const std::string path = fmt::format("/proc/self/fd/{}", held.get());
  std::unique_ptr<void, Close> library(::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL));
  if (!library) {
    why = ::dlerror();
    if (why.find("undefined symbol: _ZN6ansatz") != why.npos)
      throw Error(fmt::format(
          "this program does not export what compiled loops call; link it with the CMake target "
          "ansatz::ansatz or with -Wl,--export-dynamic-symbol='_ZN*6ansatz7kernels*' ({})",
          why));
    return -1;
  }
  void* const function = ::dlsym(library.get(), object_function);
  if (!function) {
    why = fmt::format("it has no function {}", object_function);
    return -1;
  }
  const Object& object = *reinterpret_cast<ObjectFn>(function)();
  why = mismatch(object.stamp);
  if (why.empty() && object.precision != precision)
    why = fmt::format("its numbers have {} bytes", object.precision);
  if (!why.empty()) return -1;

  ir::PlanView plan;
  plan.code = object.code;
  plan.roots = object.roots;
  plan.loops = object.loops;
  plan.text = object.text;
  ir::offer_loops(plan, object.functions, precision);
  (void)library.release();  // an offer stands until the process ends, and so must the code
  (void)held.release();
  return plan.loops.size;
}

}  // namespace ansatz::compiling
