// NumPy's legacy random numbers, to the bit: what initial parameters and the order of examples
// are drawn from, so that a job starts where Pylearn2 starts.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace ansatz {

/// numpy.random.RandomState: the Mersenne twister MT19937 (Matsumoto, Nishimura 1998) with NumPy's
/// ways to seed it and to make numbers of other distributions from its words. The same calls give
/// the same numbers, and `state()` is NumPy's `get_state()`.
///
///     RandomState rng({2013, 1, 4});
///     double w = rng.uniform(-.05, .05);
class RandomState {
 public:
  /// Everything that decides what is drawn next.
  struct State {
    std::uint32_t key[624] = {};
    std::int32_t pos = 0;  ///< words of `key` that are used up, 0 to 624
    bool has_gauss = false;
    double cached_gaussian = 0;  ///< the second of a pair of normal numbers, not yet given out
    bool operator==(const State&) const = default;
  };

  /// RandomState(seed). Throws ValueError unless 0 <= seed < 2^32.
  explicit RandomState(std::int64_t seed = 42);
  /// RandomState([2013, 1, 4]). A list of one number gives other draws than that number. Throws
  /// ValueError for an empty list and for a number outside 0 to 2^32 - 1.
  explicit RandomState(const std::vector<std::int64_t>& seeds);

  const State& state() const { return state_; }
  /// Throws ValueError unless 0 <= pos <= 624 and the cached number is finite.
  void set_state(const State& state);

  /// The next 32 bits.
  std::uint32_t word();
  /// Uniform on [0, 1), 53 bits: rand() and random_sample().
  double random_sample();
  /// low + (high - low) * random_sample(). Throws ValueError unless high - low is finite.
  double uniform(double low, double high);
  /// Standard normal, by the polar method, which makes two numbers at a time.
  double randn();
  /// mean + standard_deviation * randn(). Throws ValueError if the deviation is negative or NaN.
  double normal(double mean, double standard_deviation);
  /// An integer of low .. high - 1, as NumPy's default integers (64 bits) are drawn; nothing is
  /// drawn when there is only one. Throws ValueError unless low < high.
  std::int64_t randint(std::int64_t low, std::int64_t high);
  std::int64_t randint(std::int64_t high) { return randint(0, high); }

  /// As the functions of one number, for all elements in row-major order: NumPy's `size`.
  void random_sample(std::span<double> out);
  void uniform(double low, double high, std::span<double> out);
  void randn(std::span<double> out);
  void normal(double mean, double standard_deviation, std::span<double> out);
  void randint(std::int64_t low, std::int64_t high, std::span<std::int64_t> out);

  /// An integer of 0 .. largest, as `shuffle` draws it.
  std::uint64_t interval(std::uint64_t largest);
  /// Brings the elements into a random order (Fisher and Yates, from the last element down).
  template <class T>
  void shuffle(std::span<T> elements) {
    for (std::size_t i = elements.size(); i-- > 1;) {
      using std::swap;
      swap(elements[i], elements[static_cast<std::size_t>(interval(i))]);
    }
  }
  template <class T>
  void shuffle(std::vector<T>& elements) {
    shuffle(std::span<T>(elements));
  }
  /// 0 .. n - 1 in a random order. Throws ValueError if n is negative.
  std::vector<std::int64_t> permutation(std::int64_t n);

 private:
  void twist();

  State state_;
};

}  // namespace ansatz
