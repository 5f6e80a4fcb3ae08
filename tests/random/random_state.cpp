#include <ansatz/base/random_state.hpp>
#include <dsl/exceptions.hpp>

#include <catch2/catch.hpp>

#include <limits>
#include <numeric>

using namespace ansatz;

namespace {

using Integers = std::vector<std::int64_t>;
using Numbers = std::vector<double>;

// First draws of NumPy's RandomState, each from a new generator.
struct Draws {
  bool list = false;
  Integers seed;
  Numbers uniform;   // of -1 to 1
  Numbers randn;     //
  Integers randint;  // of 0 to 783, as an array
  Integers scalars;  // the same one by one, then two normal numbers
  Numbers then_randn;
  std::int64_t big = 0;  // of 0 to 2^30 - 1

  RandomState generator() const { return list ? RandomState(seed) : RandomState(seed[0]); }
};

const Draws reference[] = {
    {true,
     {2013, 1, 4},
     {0.25051354032277873, -0.23199477964035564, 0.91946725763942116, 0.49480440081572041,
      0.67025280179516677, -0.20866735787291457},
     {-1.4087084554414901, 1.5211572562208371, -0.35364239208910253, 1.1359218161741667,
      1.161972082590875, 0.61967343137314823},
     {154, 679, 175, 612, 63, 45, 14, 556},
     {154, 679, 175, 612},
     {-0.42492423763449394, -0.58168031007139964},
     537973754},
    {true,
     {2012, 10, 5},
     {0.7614619846416919, 0.6741593762185083, 0.15011237813030021, -0.2918488269224373,
      -0.49987698138656644, 0.32388481540005842},
     {-1.877303911887042, 0.96559084255484529, 0.7828198028142157, -1.2081875450599675,
      -0.36093919680209591, 2.1706103022593828},
     {517, 177, 681, 35, 483, 503, 654, 735},
     {517, 177, 681, 35},
     {-1.877303911887042, 0.96559084255484529},
     561485317},
    {true,
     {2012, 10, 16},
     {-0.19869632416907312, -0.54353761073344908, 0.39220333115424322, -0.95212652815335597,
      -0.78455521686767904, 0.27427516709079103},
     {-1.3891971245453745, -0.50783672876093999, 0.28387308394520683, -0.81200974663450087,
      -0.3864431166545293, 0.2672293842459631},
     {632, 252, 9, 11, 322, 434, 455, 393},
     {632, 252, 9, 11},
     {0.80336693377937685, 0.31301383883604994},
     647044728},
    {true,
     {2012, 10, 17},
     {-0.79128725401667577, 0.6946178685521478, -0.54497822044747979, 0.62960839086026854,
      0.633570134232049, -0.70599096106812409},
     {0.64701259259093402, -0.56004299884810949, -0.34194072971261014, 0.30686431692504113,
      -0.17963536675153577, -0.029607851744879947},
     {366, 281, 287, 377, 490, 749, 217, 662},
     {366, 281, 287, 377},
     {0.64701259259093402, -0.56004299884810949},
     448207214},
    {true,
     {2012, 11, 6, 9},
     {-0.29545676881982086, 0.74831258853418858, 0.6214174574743363, 0.49392626211793544,
      -0.0059252060166548048, 0.48085692380805134},
     {0.86756050652638972, -0.34253950547066503, 0.59801288827489196, 0.75237070200558909,
      1.7111381623884154, -0.021084954033351328},
     {249, 284, 244, 468, 472, 290, 267, 48},
     {249, 284, 244, 468},
     {0.59801288827489196, 0.75237070200558909},
     439253241},
    {true,
     {17, 2, 946},
     {0.1825834461084157, 0.52241711686811376, -0.51182522593464341, -0.31419720932353856,
      0.71586538961889734, 0.54318642773936809},
     {1.4522563408701534, 0.5075598765570517, -0.74713702419155781, -1.2170813898515835,
      0.39526320460742287, 0.52091737480612166},
     {239, 673, 127, 444, 729, 29, 715, 562},
     {239, 673, 127, 444},
     {-0.74713702419155781, -1.2170813898515835},
     392094959},
    {false,
     {42},
     {-0.25091976230527502, 0.90142861281983233, 0.46398788362281018, 0.1973169683940732,
      -0.68796271911512696, -0.68801095932759471},
     {0.49671415301123267, -0.13826430117118466, 0.64768853810069249, 1.5230298564080254,
      -0.23415337472333597, -0.23413695694918055},
     {102, 435, 270, 106, 71, 700, 20, 614},
     {102, 435, 270, 106},
     {0.47386083374482302, 1.3684501232657551},
     534895718},
    {false,
     {9001},
     {-0.81559274293663475, 0.7013039256131588, 0.80150024392668673, 0.18722637746161364,
      0.6975059715387093, -0.73399482373237501},
     {0.2007451224861396, 0.85937284490120358, 1.5794690993340523, 0.012354371714603121,
      -0.04828399272073905, 0.82692072604791278},
     {57, 764, 542, 295, 190, 216, 57, 725},
     {57, 764, 542, 295},
     {1.1019692914406714, 0.29579347981098697},
     396011577},
    {false,
     {1001},
     {-0.38753564090238912, -0.46987286878498846, -0.60787987369769714, -0.13895704686590471,
      -0.95377289601588955, -0.60843616983202731},
     {-1.0864463731414109, -0.89606512631844937, -0.30629937340188967, -1.3399336601971921,
      -1.2065855844996851, -0.64172681354433991},
     {189, 286, 526, 227, 270, 603, 437, 664},
     {189, 286, 526, 227},
     {-0.37980111855204024, -0.055333971064616683},
     241515373},
    {false,
     {2001},
     {-0.66574871418179704, -0.83800392622300279, 0.9204514800436987, 0.87690048830524492,
      0.24171770822465044, -0.14879606494811592},
     {-1.1765501427403506, 1.9112938518484923, -1.0752652283999315, 0.7910566265980169,
      -0.97193426322126686, -0.3621164233544773},
     {768, 516, 390, 16, 698, 613, 720, 769},
     {768, 516, 390, 16},
     {-1.1765501427403506, 1.9112938518484923},
     717799168},
};

Integers first(const std::vector<std::int64_t>& all, std::size_t n) {
  return Integers(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n));
}

}  // namespace

TEST_CASE("random_state: the first draws are NumPy's, to the last bit", "[random][random_state]") {
  for (const Draws& draws : reference) {
    CAPTURE(draws.seed);
    Numbers numbers(6);
    RandomState rng = draws.generator();
    rng.uniform(-1, 1, numbers);
    CHECK(numbers == draws.uniform);
    rng = draws.generator();
    for (const double expected : draws.uniform) CHECK(rng.uniform(-1, 1) == expected);

    rng = draws.generator();
    rng.randn(numbers);
    CHECK(numbers == draws.randn);
    rng = draws.generator();
    for (const double expected : draws.randn) CHECK(rng.normal(1, 2) == 1 + 2 * expected);

    rng = draws.generator();
    Integers integers(8);
    rng.randint(0, 784, integers);
    CHECK(integers == draws.randint);
    rng = draws.generator();
    for (const std::int64_t expected : draws.scalars) CHECK(rng.randint(784) == expected);
    for (const double expected : draws.then_randn) CHECK(rng.randn() == expected);
    CHECK(draws.generator().randint(1 << 30) == draws.big);
  }
}

TEST_CASE("random_state: shuffles are those of SGD's and BGD's first two epochs",
          "[random][random_state]") {
  const struct {
    Integers seed, first_epoch, second_epoch;
  } epochs[] = {
      {{2012, 10, 5},
       {8722, 18180, 30358, 35768, 46266, 20631, 34525, 43139, 25302, 29423},
       {27798, 33255, 39828, 3440, 21852, 133, 799, 18823, 47352, 14775}},
      {{2012, 10, 16},
       {48171, 18645, 36024, 36872, 5556, 39352, 32474, 16488, 43284, 28222},
       {9175, 2461, 47980, 24888, 5411, 33623, 42941, 15363, 37659, 4978}},
  };
  for (const auto& [seed, first_epoch, second_epoch] : epochs) {
    RandomState rng(seed);
    Integers order = rng.permutation(50000);
    CHECK(first(order, 10) == first_epoch);
    std::iota(order.begin(), order.end(), 0);
    rng.shuffle(order);
    CHECK(first(order, 10) == second_epoch);
  }
}

TEST_CASE("random_state: a list of one seed is not the number", "[random][random_state]") {
  CHECK(RandomState(Integers{42}).random_sample() == 0.6394267984578837);
  CHECK(RandomState(42).random_sample() == 0.37454011884736250);
  CHECK(RandomState().state() == RandomState(42).state());
  CHECK(RandomState(0xffffffff).word() == 419326371u);
  CHECK(RandomState(Integers(700, 7)).word() == 2946639656u);
}

TEST_CASE("random_state: integers of every width, and one that needs no draw",
          "[random][random_state]") {
  constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min(),
                         largest = std::numeric_limits<std::int64_t>::max();
  RandomState rng({2012, 10, 5});
  CHECK(rng.randint(std::int64_t{1} << 32) == 3782710789);
  CHECK(rng.randint(-5, std::int64_t{1} << 40) == 763804441252);
  CHECK(rng.randint(lowest, largest) == 7249067120581337571);
  const RandomState::State before = rng.state();
  CHECK(rng.randint(7, 8) == 7);
  CHECK(rng.state() == before);
}

TEST_CASE("random_state: a state put back goes on with the same numbers",
          "[random][random_state]") {
  RandomState rng({1, 2, 3}), other(9);
  Numbers skipped(1001);
  rng.randn(skipped);
  const RandomState::State state = rng.state();
  CHECK(state.has_gauss);
  other.set_state(state);
  for (int i = 0; i < 2000; ++i) REQUIRE(other.randn() == rng.randn());
  CHECK(other.state() == rng.state());
  CHECK_FALSE(other.state() == state);
}

TEST_CASE("random_state: what cannot be drawn is refused", "[random][random_state]") {
  RandomState rng(1);
  const double infinite = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(RandomState(-1), ValueError);
  CHECK_THROWS_AS(RandomState(std::int64_t{1} << 32), ValueError);
  CHECK_THROWS_AS(RandomState(Integers{}), ValueError);
  CHECK_THROWS_AS(RandomState({1, -1}), ValueError);
  CHECK_THROWS_AS(rng.randint(0), ValueError);
  CHECK_THROWS_AS(rng.randint(3, 2), ValueError);
  CHECK_THROWS_AS(rng.uniform(0, infinite), ValueError);
  CHECK_THROWS_AS(rng.uniform(-1e308, 1e308), ValueError);
  CHECK_THROWS_AS(rng.normal(0, -1), ValueError);
  CHECK_THROWS_AS(rng.permutation(-1), ValueError);
  RandomState::State state = rng.state();
  state.pos = 625;
  CHECK_THROWS_AS(rng.set_state(state), ValueError);
  state.pos = 0;
  state.cached_gaussian = infinite;
  CHECK_THROWS_AS(rng.set_state(state), ValueError);
  CHECK(rng.permutation(0).empty());
}
