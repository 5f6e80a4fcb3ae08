#include "program_text.hpp"

#include <cmath>
#include <functional>
#include <istream>
#include <sstream>
#include <stdexcept>

#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/ops/control/repeat.hpp>
#include <dsl/ops/image/convolve.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/image/mean_pool.hpp>

namespace fuzz {

using namespace ansatz;

namespace {

// Numbers in [-1, 1) with 20 bits: `draws` of programs/program.py.
class Draws {
 public:
  Draws(const std::string& name, std::uint64_t seed)
      : state_(ir::hash_text(name.c_str()) ^ (seed * 0x9e3779b97f4a7c15ull)) {}
  double next() {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<double>(static_cast<std::int64_t>(state_ >> 43) - (1 << 20)) / (1 << 20);
  }

 private:
  std::uint64_t state_;
};

class Maker {
 public:
  explicit Maker(const ProgramText& text) : text_(text) {
    made_.environment.extents = {{"examples", text.examples}, {"chains", text.chains}};
    for (const std::string& line : text.lines) {
      line_ = std::istringstream(line);
      carry_out(word());
    }
  }
  Made take() { return std::move(made_); }

 private:
  // ------------------------------------------------------------------------ words of a line

  std::string word() {
    std::string w;
    line_ >> w;
    return w;
  }
  int number() { return std::stoi(word()); }
  double real() { return std::stod(word()); }
  bool at_literal() {
    line_ >> std::ws;
    return line_.peek() != '%';
  }
  AnyExpr value() { return registers_.at(at(std::stol(word().substr(1)))); }
  ir::Shape dims() {
    ir::Shape s;
    s.rank = number();
    for (int k = 0; k < s.rank; ++k) s[k] = number();
    return s;
  }

  // Calls f with the operands as they are: expressions, or numbers.
  template <class F>
  void binary(F f) {
    if (at_literal()) {
      const double a = real();
      put(f(a, value()));
      return;
    }
    const AnyExpr a = value();
    if (at_literal())
      put(f(a, real()));
    else
      put(f(a, value()));
  }

  template <class F>
  void over(F f) {
    const AnyExpr x = value();
    const std::string over = word();
    if (over == "all") f(x, all);
    if (over == "units") f(x, units);
    if (over == "batch") f(x, batch);
    if (over == "0") f(x, axis<0>);
    if (over == "1") f(x, axis<1>);
    if (over == "2") f(x, axis<2>);
    if (over == "-1") f(x, axis<-1>);
    if (over == "-2") f(x, axis<-2>);
  }
  template <class F>
  void reduction(F f) {
    over([&](const AnyExpr& x, auto axes) {
      if (number())
        put(f(x, axes, keep_axes));
      else
        put(f(x, axes, DropAxes{}));
    });
  }

  // ------------------------------------------------------------------------ leaves

  template <class Given>
  Tensor& remember(const std::string& name, const std::vector<long>& dims, Given given) {
    Tensor& t = made_.environment.leaves[name];
    t = {dims, {}};
    long count = 1;
    for (long n : dims) count *= n;
    Draws draws(name, text_.seed);
    for (long i = 0; i < count; ++i) t.values.push_back(given(draws.next()));
    return t;
  }
  void numbers_of(const std::string& name, const ir::Shape& s, long extent) {
    std::vector<long> dims;
    if (extent >= 0) dims.push_back(extent);
    for (int k = 0; k < s.rank; ++k) dims.push_back(s[k]);
    remember(name, dims, [&](double u) {
      constexpr double few[] = {-1, -0.5, 0, 0.5, 1, 2};
      return name[0] == 'k' ? few[at(static_cast<long>(std::floor((u + 1) / 2 * 6)))] : u;
    });
  }

  // As users write it, so that every Space is tried.
  template <class Make>
  AnyExpr in_space(const ir::Shape& s, Make make) {
    switch (s.rank) {
      case 0:
        return AnyExpr(make(Scalar()).value());
      case 1:
        return AnyExpr(make(VectorSpace(s[0])).value());
      case 2:
        return AnyExpr(make(Matrix(s[0], s[1])).value());
      case 3:
        return AnyExpr(make(ansatz::Tensor<any, any, any>(s[0], s[1], s[2])).value());
      default:
        return AnyExpr(make(ansatz::Tensor<any, any, any, any>(s[0], s[1], s[2], s[3])).value());
    }
  }

  bool leaf(const std::string& op) {
    if (op != "input" && op != "shared" && op != "parameter" && op != "state" && op != "chain" &&
        op != "labels" && op != "scalar")
      return false;
    const std::string name = word();
    const char* n = name.c_str();
    if (op == "scalar") {
      numbers_of(name, {}, -1);
      put(scalar(n));
    } else if (op == "labels") {
      const int labels = number(), each = number();
      std::vector<long> dims{text_.examples};
      if (each) dims.push_back(each);
      remember(name, dims, [&](double u) { return std::floor((u + 1) / 2.01 * labels); }).labels =
          true;
      if (each == 0)
        put(input(n, IndexSpace(labels)));
      else
        put(input(n, IndexSpace<any, any>(labels, each)));
    } else {
      const ir::Shape s = dims();
      numbers_of(name, s, op == "input" ? text_.examples : op == "chain" ? text_.chains : -1);
      put(in_space(s, [&](auto space) {
        if (op == "input") return AnyExpr(input(n, space).value());
        if (op == "shared") return AnyExpr(shared_input(n, space).value());
        if (op == "parameter") return AnyExpr(parameter(n, space).value());
        if (op == "state") return AnyExpr(state(n, space).value());
        return AnyExpr(state(n, Batch<decltype(space), chains>(space)).value());
      }));
    }
    return true;
  }

  // ------------------------------------------------------------------------ ops

  template <class S>
  void put(const Expr<S>& e) {
    registers_.push_back(AnyExpr(e.value()));
  }

  bool elementwise(const std::string& op) {
    using Unary = std::function<AnyExpr(const AnyExpr&)>;
    static const std::map<std::string, Unary> unary{
        {"exp", [](auto& x) { return exp(x); }},
        {"expm1", [](auto& x) { return expm1(x); }},
        {"log", [](auto& x) { return log(x); }},
        {"log1p", [](auto& x) { return log1p(x); }},
        {"sin", [](auto& x) { return sin(x); }},
        {"cos", [](auto& x) { return cos(x); }},
        {"tanh", [](auto& x) { return tanh(x); }},
        {"sqrt", [](auto& x) { return sqrt(x); }},
        {"rsqrt", [](auto& x) { return rsqrt(x); }},
        {"square", [](auto& x) { return square(x); }},
        {"sigmoid", [](auto& x) { return sigmoid(x); }},
        {"softplus", [](auto& x) { return softplus(x); }},
        {"erf", [](auto& x) { return erf(x); }},
        {"sign", [](auto& x) { return sign(x); }},
        {"floor", [](auto& x) { return floor(x); }},
        {"round", [](auto& x) { return round(x); }},
        {"abs", [](auto& x) { return abs(x); }},
        {"relu", [](auto& x) { return relu(x); }},
        {"gelu", [](auto& x) { return gelu(x); }},
        {"negate", [](auto& x) { return -x; }},
        {"stop_gradient", [](auto& x) { return stop_gradient(x); }},
        {"flatten", [](auto& x) { return flatten(x); }}};
    if (const auto it = unary.find(op); it != unary.end()) return put(it->second(value())), true;
    const auto with = [&](const char* name, auto f) {
      if (op != name) return false;
      binary(f);
      return true;
    };
    return with("add", [](auto a, auto b) { return a + b; }) ||
           with("subtract", [](auto a, auto b) { return a - b; }) ||
           with("multiply", [](auto a, auto b) { return a * b; }) ||
           with("divide", [](auto a, auto b) { return a / b; }) ||
           with("equal", [](auto a, auto b) { return a == b; }) ||
           with("not_equal", [](auto a, auto b) { return a != b; }) ||
           with("less", [](auto a, auto b) { return a < b; }) ||
           with("less_equal", [](auto a, auto b) { return a <= b; }) ||
           with("greater", [](auto a, auto b) { return a > b; }) ||
           with("greater_equal", [](auto a, auto b) { return a >= b; }) ||
           with("maximum", [](auto a, auto b) { return maximum(a, b); }) ||
           with("minimum", [](auto a, auto b) { return minimum(a, b); }) ||
           with("pow", [](auto a, auto b) { return pow(a, b); });
  }

  // Operands of which some may be numbers, as expressions; as numbers they are tried above.
  AnyExpr operand() { return at_literal() ? AnyExpr(constant(real()).value()) : value(); }

  bool special(const std::string& op) {
    if (op == "leaky_relu" || op == "elu") {
      const AnyExpr x = value();
      const double parameter = real();
      put(op == "elu" ? elu(x, parameter) : relu(x, parameter));
    } else if (op == "clip") {
      const AnyExpr x = value();
      const double low = real(), high = real();
      put(clip(x, low, high));
    } else if (op == "where") {
      const AnyExpr c = value(), a = operand(), b = operand();
      put(where(c, a, b));
    } else if (op == "constant") {
      put(constant(real()));
    } else if (op == "one_hot") {
      const AnyExpr t = value();
      put(one_hot(t, number()));
    } else {
      return false;
    }
    return true;
  }

  bool reduced(const std::string& op) {
    const auto with = [&](const char* name, auto f) {
      if (op != name) return false;
      reduction(f);
      return true;
    };
    const auto without_keep = [&](const char* name, auto f) {
      if (op != name) return false;
      over([&](const AnyExpr& x, auto axes) { put(f(x, axes)); });
      return true;
    };
    return with("sum", [](auto x, auto a, auto k) { return sum(x, a, k); }) ||
           with("mean", [](auto x, auto a, auto k) { return mean(x, a, k); }) ||
           with("max", [](auto x, auto a, auto k) { return max(x, a, k); }) ||
           with("min", [](auto x, auto a, auto k) { return min(x, a, k); }) ||
           with("norm", [](auto x, auto a, auto k) { return norm(x, a, k); }) ||
           with("log_sum_exp", [](auto x, auto a, auto k) { return log_sum_exp(x, a, k); }) ||
           with("argmax", [](auto x, auto a, auto k) { return argmax(x, a, k); }) ||
           with("argmin", [](auto x, auto a, auto k) { return argmin(x, a, k); }) ||
           with("variance", [](auto x, auto a, auto k) { return variance(x, a, k); }) ||
           with("standard_deviation",
                [](auto x, auto a, auto k) { return standard_deviation(x, a, k); }) ||
           without_keep("softmax", [](auto x, auto a) { return softmax(x, a); }) ||
           without_keep("log_softmax", [](auto x, auto a) { return log_softmax(x, a); });
  }

  bool pair(const std::string& op) {
    using Pair = AnyExpr (*)(const AnyExpr&, const AnyExpr&);
    static const std::map<std::string, Pair> pairs{
        {"matmul", [](auto& a, auto& b) { return matmul(a, b); }},
        {"take_rows", [](auto& a, auto& b) { return take_rows(a, b); }},
        {"cross_entropy", [](auto& a, auto& b) { return cross_entropy(a, b); }},
        {"binary_cross_entropy", [](auto& a, auto& b) { return binary_cross_entropy(a, b); }},
        {"sigmoid_binary_cross_entropy",
         [](auto& a, auto& b) { return sigmoid_binary_cross_entropy(a, b); }},
        {"broadcast_to", [](auto& a, auto& b) { return broadcast_to(a, b); }},
        {"grad", [](auto& a, auto& b) { return grad(a, b); }}};
    const auto it = pairs.find(op);
    if (it == pairs.end()) return false;
    const AnyExpr a = value(), b = value();
    put(it->second(a, b));
    return true;
  }

  bool view(const std::string& op) {
    if (op == "reshape") {
      const AnyExpr x = value();
      put(in_space(dims(), [&](auto space) { return AnyExpr(reshape(x, space).value()); }));
    } else if (op == "transpose") {
      const AnyExpr x = value();
      const ir::Shape order = dims();
      int code = order.rank;
      for (int k = 0; k < order.rank; ++k) code = 10 * code + order[k];
      if (code == 0) put(transpose(x));
      if (code == 201) put(transpose<0, 1>(x));
      if (code == 210) put(transpose<1, 0>(x));
      if (code == 3012) put(transpose<0, 1, 2>(x));
      if (code == 3021) put(transpose<0, 2, 1>(x));
      if (code == 3102) put(transpose<1, 0, 2>(x));
      if (code == 3120) put(transpose<1, 2, 0>(x));
      if (code == 3201) put(transpose<2, 0, 1>(x));
      if (code == 3210) put(transpose<2, 1, 0>(x));
    } else if (op == "slice") {
      over([&](const AnyExpr& x, auto axes) {
        const int start = number(), stop = number(), step = number();
        if constexpr (requires { slice(x, axes, start, stop, step); })
          put(slice(x, axes, start, stop, step));
      });
    } else if (op == "concatenate") {
      const int along = number(), count = number();
      std::vector<AnyExpr> x;
      for (int k = 0; k < count; ++k) x.push_back(value());
      const auto join = [&](const auto&... axes) {
        put(count == 2 ? concatenate(axes..., x[0], x[1]) : concatenate(axes..., x[0], x[1], x[2]));
      };
      if (along == -1) join();
      if (along == 0) join(axis<0>);
      if (along == 1) join(axis<1>);
    } else {
      return false;
    }
    return true;
  }

  bool kernel(const std::string& op) {
    if (op == "convolve") {
      const AnyExpr x = value(), w = value();
      ConvolveOptions o;
      const std::string border = word();
      if (border == "full") o.border = Border::full;
      if (border == "same") o.border = Border::same;
      o.padding_rows = number(), o.padding_columns = number();
      o.stride_rows = number(), o.stride_columns = number();
      o.cross_correlation = !number();
      put(convolve(x, w, o));
    } else if (op == "max_pool" || op == "mean_pool") {
      const AnyExpr x = value();
      PoolOptions o;
      o.rows = number(), o.columns = number();
      o.stride_rows = number(), o.stride_columns = number();
      if (number()) o.border = Border::valid;
      put(op == "max_pool" ? max_pool(x, o) : mean_pool(x, o));
    } else if (op == "repeat" || op == "loop") {
      const bool tanhs = word() == "tanh";
      const int n = number();
      const AnyExpr from = value(), more = value();
      const auto body = [&](const AnyExpr& u) -> AnyExpr {
        if (tanhs) return tanh(u * 0.5 + more);
        return u * sigmoid(more) + 0.25;
      };
      if (op == "repeat") {
        put(repeat(n, body, from));
      } else {
        made_.environment.leaves["count"] = {{}, {static_cast<double>(n)}};
        put(repeat(scalar("count"), body, from));
      }
    } else {
      return false;
    }
    return true;
  }

  void carry_out(const std::string& op) {
    const auto before = registers_.size();
    if (op == "output") {
      const std::string name = word();
      made_.function.add(output(name.c_str(), value()));
      return;
    }
    if (op == "update") {
      const AnyExpr target = value(), next = value();
      made_.function.add(update(target, next));
      return;
    }
    const bool known = leaf(op) || elementwise(op) || special(op) || reduced(op) || pair(op) ||
                       view(op) || kernel(op);
    if (!known || registers_.size() != before + 1)
      throw std::logic_error("a line that is not understood: " + op);
  }

  const ProgramText& text_;
  std::istringstream line_;
  std::vector<AnyExpr> registers_;
  Made made_;
};

// Three sums of different weights, of which two fall and rise within an array.
double weight(int which, std::size_t i) {
  const double x = static_cast<double>(i) * (which == 1 ? 0.6180339887498949 : 0.7548776662466927);
  return which == 0 ? 1 : 2 * (x - std::floor(x)) - 1;
}

}  // namespace

ProgramText read_program(std::istream& in) {
  ProgramText p;
  std::string line;
  while (std::getline(in, line) && line != "end") {
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (first == "program") {
      p.title = line;
      words >> p.seed >> p.examples >> p.chains;
    } else if (first == "within") {
      words >> p.in_double >> p.in_float;
    } else if (first == "gives") {
      Expected e;
      int rank = 0;
      words >> e.name >> rank;
      e.dims.resize(at(rank));
      for (long& n : e.dims) words >> n;
      for (double v; words >> v;) e.numbers.push_back(v);
      p.expected.push_back(e);
    } else if (!first.empty() && first[0] != '#') {
      p.lines.push_back(line);
    }
  }
  return p;
}

Made make_program(const ProgramText& text) { return Maker(text).take(); }

std::string difference(const std::map<std::string, Tensor>& found,
                       const std::vector<Expected>& expected, double tolerance) {
  std::ostringstream out;
  out.precision(14);
  for (const Expected& e : expected) {
    const auto it = found.find(e.name);
    if (it == found.end()) return "no " + e.name;
    const Tensor& have = it->second;
    if (have.dims != e.dims) {
      out << e.name << " has the shape";
      for (long n : have.dims) out << ' ' << n;
      return out.str();
    }
    double largest = 1, total = 1;
    for (double v : have.values) {
      if (!std::isfinite(v)) return e.name + " is not finite";
      largest = std::max(largest, std::abs(v));
      total += std::abs(v);
    }
    const bool each = have.values.size() == e.numbers.size();
    if (!each && e.numbers.size() != 3) return "the numbers of " + e.name + " in the file";
    for (std::size_t k = 0; k < e.numbers.size(); ++k) {
      double number = 0;
      if (each)
        number = have.values[k];
      else
        for (std::size_t i = 0; i < have.values.size(); ++i)
          number += weight(static_cast<int>(k), i) * have.values[i];
      if (std::abs(number - e.numbers[k]) <= tolerance * (each ? largest : total)) continue;
      out << e.name << (each ? ", element " : ", sum ") << k << ": " << number << " instead of "
          << e.numbers[k];
      return out.str();
    }
  }
  return "";
}

}  // namespace fuzz
