#include <dsl/build.hpp>

#include <dsl/passes/lower.hpp>
#include <dsl/plan/loops.hpp>

#include <vector>

namespace ansatz {

namespace {

struct Built {
  ir::Plan plan;
  std::vector<ir::LoopFn> loops;
};

}  // namespace

template <class T>
Program<T> build(const Function& f, const BuildOptions& options) {
  // The program points into the tables, so it owns them.
  auto* built = new Built{ir::lower(f), {}};
  const PlanOwner owner{built, [](void* b) { delete static_cast<Built*>(b); }};
  const ir::PlanView view = ir::view_of(built->plan);
  for (int l = 0; l < view.loops.size; ++l)
    built->loops.push_back(options.compiled_loops ? ir::find_loop(view, l, sizeof(T)) : nullptr);
  return Program<T>(view, built->loops.data(), owner);
}

template Program<float> build<float>(const Function&, const BuildOptions&);
template Program<double> build<double>(const Function&, const BuildOptions&);

}  // namespace ansatz
