// KernelOp: an op says whether its operands hold numbers or labels
// expect: takes
// expect: Scale
// within: 16
// max-lines-gcc: 40
// max-lines-clang: 40
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Scale : ops::KernelOp<Scale> {
  static constexpr const char* name = "user::scale";
  static constexpr int arity = 1;
#ifdef TWIN
  static constexpr ir::Takes takes = ir::Elements::numbers;
#endif
  template <class T>
  static void kernel(const ir::KernelArgs<T>&) {}
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    return {in[0]};
  }
  static constexpr double flops(const ir::Shape*, int, const ir::Attr&) { return 0; }
  static constexpr void vjp(ir::VjpContext&) {}
};

auto value =
    ir::make(ir::info_of<Scale>, ir::Attr{}, input<VectorSpace<3>>("x").value());  // error here
