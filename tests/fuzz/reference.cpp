#include "reference.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>

#include <dsl/kernels/philox.hpp>
#include <dsl/ops.hpp>
#include <dsl/ops/control/repeat.hpp>
#include <dsl/passes/graph/fold_products.hpp>
#include <dsl/passes/graph/rewrite.hpp>

namespace fuzz {

namespace {

using namespace ansatz;
using ir::Graph;
using ir::info_of;
using ir::Node;
using ir::Shape;

long size_of(const std::vector<long>& dims) {
  long n = 1;
  for (long d : dims) n *= d;
  return n;
}

/// Calls visit(index) for every index of an array, row-major.
template <class Visit>
void each_index(const std::vector<long>& dims, Visit visit) {
  std::vector<long> index(dims.size(), 0);
  for (long n = size_of(dims); n > 0; --n) {
    visit(index);
    for (std::size_t k = dims.size(); k-- > 0;) {
      if (++index[k] < dims[k]) break;
      index[k] = 0;
    }
  }
}

long position(const std::vector<long>& index, const std::vector<long>& dims) {
  long p = 0;
  for (std::size_t k = 0; k < dims.size(); ++k) p = p * dims[k] + index[k];
  return p;
}

class Evaluator {
 public:
  Evaluator(const Graph& g, const Environment& environment) : g_(g), e_(environment) {}

  std::vector<Tensor> run() {
    const ir::List<char> needed = ir::reachable(g_);
    value_.resize(at(g_.size()));
    loop_.assign(at(g_.size()), -1);
    iterations_.assign(at(g_.repeats), 0);
    for (int id = 0; id < g_.size(); ++id)
      if (needed[id]) find_loop(id);
    run_body(-1, g_.size(), needed);
    return std::move(value_);
  }

 private:
  int tag(int id) const { return g_[g_.in(id, 0)].attr.i[0]; }
  // The loop whose body a loop stands in.
  int outer_of(int id) const {
    const int t = g_.in(id, 0);
    return g_[t].count > 0 ? tag(t) : -1;
  }

  // The innermost loop whose body a node is in: loops in it are numbered after the outer ones.
  void find_loop(int id) {
    const Node& n = g_[id];
    if (n.op == info_of<ops::RepeatTag>) return;
    if (n.op == info_of<ops::Repeated>) {
      loop_[at(id)] = outer_of(id);
      return;
    }
    if (n.op == info_of<ops::Carried> || (n.op == info_of<ops::RandomSite> && n.count > 0)) {
      loop_[at(id)] = tag(id);
      return;
    }
    for (int k = 0; k < n.count; ++k)
      loop_[at(id)] = std::max(loop_[at(id)], loop_[at(g_.in(id, k))]);
  }

  void run_body(int loop, int end, const ir::List<char>& needed) {
    std::vector<char> done(at(g_.repeats), 0);
    for (int id = 0; id < end; ++id) {
      if (!needed[id] || loop_[at(id)] != loop) continue;
      if (g_[id].op == info_of<ops::Repeated> && !done[at(tag(id))]) {
        run_loop(id, needed);
        done[at(tag(id))] = 1;
      }
      node(id);
    }
  }

  // `end` is one of the loop's results, whose operands are all its initial and next values.
  void run_loop(int end, const ir::List<char>& needed) {
    const int carried = (g_[end].count - 2) / 2;
    std::vector<Tensor>& values = results_[tag(end)];
    values.clear();
    for (int k = 0; k < carried; ++k) values.push_back(in(end, 2 + k));
    const double count = std::floor(in(end, 1).values[0]);
    for (int i = 0; i < count; ++i, ++iterations_[at(tag(end))]) {
      run_body(tag(end), end, needed);
      for (int k = 0; k < carried; ++k) values[at(k)] = in(end, 2 + carried + k);
    }
  }

  const Tensor& in(int id, int k) const { return value_[at(g_.in(id, k))]; }

  void node(int id) {
    const Node& n = g_[id];
    Tensor& out = value_[at(id)];
    out.dims = dims_of(g_, n.shape, e_);
    out.labels = n.type == ir::DType::index;
    out.values.assign(at(size_of(out.dims)), 0);
    switch (n.op->kind) {
      case ir::OpKind::leaf:
        return leaf(id, out);
      case ir::OpKind::elementwise:
        return elementwise(id, out);
      case ir::OpKind::reduce:
        return reduce(id, out);
      case ir::OpKind::view:
        return view(id, out);
      case ir::OpKind::matmul:
        return product(id, out);
      case ir::OpKind::kernel:
        return kernel(id, out);
      case ir::OpKind::control:
        out = results_.at(tag(id))[at(n.attr.i[0])];
        return;
      default:
        throw std::logic_error("a node that should have been expanded");
    }
  }

  void leaf(int id, Tensor& out) const {
    const Node& n = g_[id];
    if (n.op == info_of<ops::Literal>) {
      out.values[0] = n.attr.x;
    } else if (n.op == info_of<ops::Extent>) {
      Shape s;
      s.rank = 1;
      s[0] = n.attr.i[0];
      out.values[0] = static_cast<double>(dims_of(g_, s, e_)[0]);
    } else if (n.op == info_of<ops::Iota>) {
      each_index(out.dims, [&](const std::vector<long>& index) {
        out.values[at(position(index, out.dims))] = static_cast<double>(index[at(n.attr.i[0])]);
      });
    } else if (n.op == info_of<ops::RepeatTag>) {
      return;
    } else if (n.op == info_of<ops::RandomSite>) {
      if (e_.random_in_float)
        draw<float>(n, out);
      else
        draw<double>(n, out);
    } else {
      out.values = e_.leaves.at(g_.name(id)).values;
    }
  }
  template <class T>
  void draw(const Node& n, Tensor& out) const {
    std::vector<T> numbers(out.values.size());
    const auto fill = [&](auto f) {
      ir::RandomKey key = e_.random;
      // In a loop it has the loop's tag as operand.
      if (n.count > 0) key.iteration = iterations_[at(g_[g_.operands[n.first]].attr.i[0])];
      f(key, n.attr.i[0], 0, numbers.data(), static_cast<long>(numbers.size()));
    };
    if (n.attr.i[1] == 0)
      fill([](auto... a) { kernels::fill_uniform(a...); });
    else
      fill([](auto... a) { kernels::fill_normal(a...); });
    std::copy(numbers.begin(), numbers.end(), out.values.begin());
  }

  // Where an operand's element lies that meets `index` of the result: features from the last axis,
  // batch with batch, axes of size 1 repeated.
  long met(const std::vector<long>& index, const Shape& to, const Shape& from,
           const std::vector<long>& dims) const {
    const bool batch_kept = to.batched() && from.rank == to.rank && from[0] == 1;
    const int batch_from = from.batched() || batch_kept;
    std::vector<long> own(dims.size(), 0);
    if (from.batched()) own[0] = index[0];
    for (int k = 1; k <= from.rank - batch_from; ++k)
      if (from[from.rank - k] != 1) own[at(from.rank - k)] = index[at(to.rank - k)];
    return position(own, dims);
  }

  void elementwise(int id, Tensor& out) const {
    const Node& n = g_[id];
    constexpr long block = 16;
    const double* pointers[3] = {};
    double operands[3][block] = {}, result[block] = {};
    for (int k = 0; k < n.count; ++k) pointers[k] = operands[k];
    each_index(out.dims, [&](const std::vector<long>& index) {
      for (int k = 0; k < n.count; ++k) {
        const Tensor& t = in(id, k);
        operands[k][0] = t.values[at(met(index, n.shape, g_[g_.in(id, k)].shape, t.dims))];
      }
      n.op->block_double(pointers, result, 1);
      out.values[at(position(index, out.dims))] = result[0];
    });
  }

  void reduce(int id, Tensor& out) const {
    const Node& n = g_[id];
    const Tensor& from = in(id, 0);
    const int mask = n.attr.i[0];
    const bool largest = n.op == info_of<ops::Max> || n.op == info_of<ops::ArgMax>;
    const bool smallest = n.op == info_of<ops::Min> || n.op == info_of<ops::ArgMin>;
    std::vector<double> best(out.values.size(), 0);
    if (largest) best.assign(best.size(), -std::numeric_limits<double>::infinity());
    if (smallest) best.assign(best.size(), std::numeric_limits<double>::infinity());
    std::vector<char> seen(best.size(), 0);
    std::vector<long> place(best.size(), 0);
    each_index(from.dims, [&](const std::vector<long>& index) {
      std::vector<long> own;
      long within = 0;
      for (std::size_t k = 0; k < index.size(); ++k) {
        const bool gone = mask >> k & 1;
        if (gone) within = within * from.dims[k] + index[k];
        if (!gone) own.push_back(index[k]);
        if (gone && n.attr.i[1]) own.push_back(0);
      }
      const std::size_t to = at(position(own, out.dims));
      const double v = from.values[at(position(index, from.dims))];
      if (!largest && !smallest) {
        best[to] += v;
      } else if (!seen[to] || (largest ? v > best[to] : v < best[to]) ||
                 (std::isnan(v) && !std::isnan(best[to]))) {
        best[to] = v;
        place[to] = within;
      }
      seen[to] = 1;
    });
    if (n.type == ir::DType::index)
      std::copy(place.begin(), place.end(), out.values.begin());
    else
      out.values = best;
  }

  void view(int id, Tensor& out) const {
    const Node& n = g_[id];
    const Tensor& from = in(id, 0);
    if (n.op == info_of<ops::Reshape> || n.op == info_of<ops::StopGradient> ||
        n.op == info_of<ops::Handle>) {
      out.values = from.values;
      return;
    }
    each_index(out.dims, [&](const std::vector<long>& index) {
      std::vector<long> own = index;
      long p = 0;
      if (n.op == info_of<ops::Transpose>) {
        for (std::size_t k = 0; k < index.size(); ++k) own[at(n.attr.i[k])] = index[k];
        p = position(own, from.dims);
      } else if (n.op == info_of<ops::Slice>) {
        long& along = own[at(n.attr.i[0])];
        along = n.attr.i[1] + along * n.attr.i[2];
        p = position(own, from.dims);
      } else if (n.op == info_of<ops::BroadcastTo>) {
        p = met(index, n.shape, g_[g_.in(id, 0)].shape, from.dims);
      } else {
        throw std::logic_error("a view that the reference does not know");
      }
      out.values[at(position(index, out.dims))] = from.values[at(p)];
    });
  }

  void product(int id, Tensor& out) const {
    const Node& n = g_[id];
    const Tensor &a = in(id, 0), &b = in(id, 1);
    const bool ta = n.attr.i[0], tb = n.attr.i[1];
    const bool sums = n.op == info_of<ops::Gemm>, each = n.attr.i[2];
    // The rows of all matrices are one, unless they are multiplied one by one.
    const auto matrices = [](const Tensor& t) {
      return std::accumulate(t.dims.begin(), t.dims.end() - 2, 1L, std::multiplies<>());
    };
    const long stack = each ? matrices(out) : 1;
    const auto columns_of = [](const Tensor& t) { return t.dims.back(); };
    const auto rows_of = [&](const Tensor& t) {
      return t.dims[t.dims.size() - 2] * (each ? 1 : matrices(t));
    };
    const long rows = rows_of(out), columns = columns_of(out);
    const long depth = ta ? rows_of(a) : columns_of(a);
    for (long s = 0; s < stack; ++s)
      for (long i = 0; i < rows; ++i)
        for (long j = 0; j < columns; ++j) {
          const long first_a = s * rows_of(a) * columns_of(a);
          const long first_b = s * rows_of(b) * columns_of(b);
          double sum = 0;
          for (long k = 0; k < depth; ++k)
            sum += a.values[at(first_a + (ta ? k * columns_of(a) + i : i * columns_of(a) + k))] *
                   b.values[at(first_b + (tb ? j * columns_of(b) + k : k * columns_of(b) + j))];
          const long place = (s * rows + i) * columns + j;
          double& to = out.values[at(place)];
          to = sum;
          if (!sums) continue;
          const Tensor& c = in(id, 3);
          const double beta = in(id, 4).values[0];
          to = in(id, 2).values[0] * sum;
          if (beta != 0) to += beta * c.values[c.values.size() == 1 ? 0 : at(place)];
        }
  }

  void kernel(int id, Tensor& out) const {
    const Node& n = g_[id];
    const std::size_t count = at(n.count);
    std::vector<std::vector<std::int32_t>> labels(count);
    std::vector<const void*> pointers(count);
    std::vector<long> dims(count * ir::max_rank + ir::max_rank);
    auto* in_dims = reinterpret_cast<long(*)[ir::max_rank]>(dims.data());
    std::vector<int> ranks(count);
    std::vector<Shape> shapes(count);
    for (int k = 0; k < n.count; ++k) {
      const Tensor& t = in(id, k);
      pointers[at(k)] = t.values.data();
      if (t.labels) {
        for (double v : t.values) labels[at(k)].push_back(static_cast<std::int32_t>(v));
        pointers[at(k)] = labels[at(k)].data();
      }
      ranks[at(k)] = static_cast<int>(t.dims.size());
      std::copy(t.dims.begin(), t.dims.end(), in_dims[k]);
      shapes[at(k)] = g_[g_.in(id, k)].shape;
    }
    const long scratch = n.op->scratch ? n.op->scratch(shapes.data(), n.count, n.attr) : 0;
    std::vector<double> work(at(scratch + 1));
    ir::KernelArgs<double> args{pointers.data(), out.values.data(),
                                in_dims,         ranks.data(),
                                out.dims.data(), static_cast<int>(out.dims.size()),
                                &n.attr,         work.data()};
    n.op->kernel_double(args);
  }

  const Graph& g_;
  const Environment& e_;
  std::vector<Tensor> value_;
  std::vector<int> loop_;                       // of each node: the loop it is in the body of
  std::map<int, std::vector<Tensor>> results_;  // of each loop: what it carries, then its results
  std::vector<std::uint32_t> iterations_;       // of each loop so far
};

}  // namespace

std::vector<long> dims_of(const Graph& g, const Shape& shape, const Environment& environment) {
  std::vector<long> dims;
  for (int k = 0; k < shape.rank; ++k) {
    long n = shape[k];
    for (int e = 0; e < g.extent_codes.size(); ++e)
      if (g.extent_codes[e] == shape[k])
        n = environment.extents.at(g.text.data() + g.extent_names[e]);
    if (n < 0) throw std::logic_error("an extent without a size");
    dims.push_back(n);
  }
  return dims;
}

std::vector<Tensor> evaluate(const Graph& g, const Environment& environment) {
  return Evaluator(g, environment).run();
}

}  // namespace fuzz
