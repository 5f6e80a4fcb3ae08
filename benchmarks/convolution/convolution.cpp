// bench_convolution: convolutions of the library beside patches laid out for BLAS, over shapes of
// images. See docs/convolution.md.
#include <dsl/kernels/gemm.hpp>
#include <dsl/ops/image/convolve.hpp>

#include <ctime>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace ansatz;

/// Square images and kernels, without padding, one pixel apart.
struct Case {
  const char* what;
  int images, size, in, kernel, out;
  int wide() const { return size - kernel + 1; }
  long patch() const { return long{kernel} * kernel * in; }
  long image() const { return long{size} * size * in; }
  long pixels() const { return long{wide()} * wide(); }
  /// Operations, of each of the three.
  double work() const { return 2. * images * double(pixels()) * double(patch()) * out; }
};

constexpr Case cases[] = {{"bench_step f, first layer", 100, 28, 1, 5, 16},
                          {"bench_step f, second", 100, 12, 16, 5, 32},
                          {"LeNet-like, first", 100, 32, 1, 5, 32},
                          {"LeNet-like, second", 100, 18, 32, 5, 64},
                          {"the same, one image", 1, 18, 32, 5, 64},
                          {"the same, 10 images", 10, 18, 32, 5, 64},
                          {"colour, 5 x 5", 64, 36, 3, 5, 64},
                          {"colour, 3 x 3", 64, 34, 3, 3, 32},
                          {"16 channels", 64, 30, 16, 3, 16},
                          {"20 channels", 32, 14, 10, 5, 20},
                          {"64 channels", 64, 16, 32, 3, 64},
                          {"128 channels", 16, 16, 128, 3, 128},
                          {"256 channels", 8, 9, 256, 3, 256},
                          {"single pixels", 32, 28, 48, 1, 96}};

using Floats = std::vector<float>;

Floats numbers(long n) {
  Floats x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(static_cast<float>(i % 9973));
  return x;
}

/// One image at a time.
struct ByPatches {
  const Case& c;
  Floats room = Floats(static_cast<std::size_t>(c.pixels() * c.patch()));

  template <class F>
  void rows(const F& f) {
    float* p = room.data();
    for (int r = 0; r < c.wide(); ++r)
      for (int q = 0; q < c.wide(); ++q)
        for (int i = 0; i < c.kernel; ++i, p += c.kernel * c.in)
          f(((r + i) * c.size + q) * c.in, p, c.kernel * c.in);
  }
  void lay_out(const float* x) {
    rows([x](int at, float* p, int n) { std::memcpy(p, x + at, sizeof(float) * std::size_t(n)); });
  }
  void forward(const float* x, const float* w, float* y) {
    for (int i = 0; i < c.images; ++i, x += c.image(), y += c.pixels() * c.out) {
      lay_out(x);
      gemm<float>(false, false, c.pixels(), c.out, c.patch(), 1, room.data(), c.patch(), w, c.out,
                  0, y, c.out);
    }
  }
  void back(const float* g, const float* w, float* x) {
    std::fill(x, x + c.images * c.image(), 0.f);
    for (int i = 0; i < c.images; ++i, x += c.image(), g += c.pixels() * c.out) {
      gemm<float>(false, true, c.pixels(), c.patch(), c.out, 1, g, c.out, w, c.out, 0, room.data(),
                  c.patch());
      rows([x](int at, const float* p, int n) {
        for (int j = 0; j < n; ++j) x[at + j] += p[j];
      });
    }
  }
  void weights(const float* x, const float* g, float* w) {
    std::fill(w, w + c.patch() * c.out, 0.f);
    for (int i = 0; i < c.images; ++i, x += c.image(), g += c.pixels() * c.out) {
      lay_out(x);
      gemm<float>(true, false, c.patch(), c.out, c.pixels(), 1, room.data(), c.patch(), g, c.out, 1,
                  w, c.out);
    }
  }
};

template <class Op>
void call(const ir::Attr& attr, const ir::Shape& a, const float* x, const ir::Shape& b,
          const float* y, float* out, Floats& scratch) {
  const ir::Shape in[] = {a, b};
  const ir::OpInfo& op = *ir::info_of<Op>;
  const ir::Shape result = op.shape(in, 2, attr).shape;
  scratch.resize(std::max(scratch.size(), static_cast<std::size_t>(op.scratch(in, 2, attr))));
  const void* pointers[] = {x, y};
  long dims[3][ir::max_rank] = {};
  for (int k = 0; k < 4; ++k) {
    dims[0][k] = a[k];
    dims[1][k] = b[k];
    dims[2][k] = result[k];
  }
  const int ranks[] = {4, 4};
  ir::KernelArgs<float> args{pointers, out, dims, ranks, dims[2], 4, &attr, scratch.data()};
  op.kernel_float(args);
}

double cpu_seconds() {
  std::timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + long(v.size() / 2), v.end());
  return v[v.size() / 2];
}

double distance(const Floats& a, const Floats& b) {
  double largest = 0, apart = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(double(b[i])));
    apart = std::max(apart, std::abs(double(a[i]) - double(b[i])));
  }
  return apart / largest;
}

void compare(const Case& c, int rounds) {
  const ir::Shape x_shape = ir::make_shape(c.images, c.size, c.size, c.in);
  const ir::Shape y_shape = ir::make_shape(c.images, c.wide(), c.wide(), c.out);
  const ir::Shape w_shape = ir::make_shape(c.kernel, c.kernel, c.in, c.out);
  ConvolveOptions options;
  options.cross_correlation = true;
  const ir::Attr attr = ir::convolution_of(x_shape, w_shape, options).convolution.attr();
  const Floats x = numbers(c.images * c.image()), g = numbers(c.images * c.pixels() * c.out);
  const Floats w = numbers(c.patch() * c.out);
  Floats y[2] = {g, g}, dx[2] = {x, x}, dw[2] = {w, w}, scratch;
  ByPatches patches{c};
  std::vector<double> seconds[3][2];
  for (int round = 0; round < rounds; ++round) {
    const auto time = [&](int op, int way, const auto& f) {
      const double before = cpu_seconds();
      f();
      seconds[op][way].push_back(cpu_seconds() - before);
    };
    time(0, 0, [&] {
      call<ops::Convolve>(attr, x_shape, x.data(), w_shape, w.data(), y[0].data(), scratch);
    });
    time(0, 1, [&] { patches.forward(x.data(), w.data(), y[1].data()); });
    time(1, 0, [&] {
      call<ops::ConvolveInputGradient>(attr, y_shape, g.data(), w_shape, w.data(), dx[0].data(),
                                       scratch);
    });
    time(1, 1, [&] { patches.back(g.data(), w.data(), dx[1].data()); });
    time(2, 0, [&] {
      call<ops::ConvolveWeightGradient>(attr, x_shape, x.data(), y_shape, g.data(), dw[0].data(),
                                        scratch);
    });
    time(2, 1, [&] { patches.weights(x.data(), g.data(), dw[1].data()); });
  }
  if (!(distance(y[0], y[1]) < 1e-4 && distance(dx[0], dx[1]) < 1e-4 &&
        distance(dw[0], dw[1]) < 1e-3))
    throw std::runtime_error(std::string("the two ways differ: ") + c.what);
  std::printf("| %s: %d x %d² x %d, %d² -> %d |", c.what, c.images, c.size, c.in, c.kernel, c.out);
  for (auto& op : seconds) {
    const double ours = median(op[0]), other = median(op[1]);
    std::printf(" %.3g (%.0f) | %.3g (%.0f) |", 1e3 * ours, 1e-9 * c.work() / ours, 1e3 * other,
                1e-9 * c.work() / other);
  }
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int rounds = argc > 1 ? std::stoi(argv[1]) : 15;
    require_blas_memory(1);
    std::printf(
        "BLAS kernels: %s; CPU milliseconds (GFLOP/s), median of %d rounds\n\n"
        "| shape | forwards | patches | to the images | patches | to the kernels | patches |\n"
        "|---|---|---|---|---|---|---|\n",
        blas_kernels(), rounds);
    for (const Case& c : cases) compare(c, rounds);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_convolution: %s\n", e.what());
    return 1;
  }
}
