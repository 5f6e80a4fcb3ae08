// What a shared object with compiled loops hands over.
#pragma once

#include <ansatz/base/version.hpp>
#include <dsl/kernels/isa.hpp>
#include <dsl/plan/plan.hpp>

namespace ansatz::compiling {

/// What must agree before anything else of an object is looked at. Its own layout never changes.
struct Stamp {
  std::uint64_t magic;
  const char* version;  ///< of the headers the object was compiled with
  const char* isa;      ///< instruction set
  std::uint32_t vector_bytes;
  std::uint32_t sizes[7];  ///< of the structs below and of those a loop is called with
};

inline constexpr std::uint64_t stamp_magic = 0x31706f6f4c7a746e;

/// The stamp of this translation unit's headers and flags.
inline constexpr Stamp stamp{
    stamp_magic,
    version,
    ANSATZ_ISA_NAME,
    ANSATZ_VECTOR_BYTES,
    {sizeof(ir::Instr), sizeof(ir::Root), sizeof(ir::Loop), sizeof(ir::LoopArg),
     sizeof(ir::LoopCall), sizeof(ir::RandomKey), sizeof(void*)}};

/// The loops of an object: their programs, as in ir::Plan, and the code of each.
struct Object {
  Stamp stamp;
  unsigned long precision;  ///< sizeof the numbers: 4 or 8
  ir::PlanTable<ir::Instr> code;
  ir::PlanTable<ir::Root> roots;
  ir::PlanTable<ir::Loop> loops;
  ir::PlanTable<char> text;
  const ir::LoopFn* functions;
};

/// The one function an object exports, `extern "C"`.
using ObjectFn = const Object* (*)();
inline constexpr const char* object_function = "ansatz_compiled_loops";

}  // namespace ansatz::compiling
