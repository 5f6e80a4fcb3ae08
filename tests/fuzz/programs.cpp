#include <catch2/catch.hpp>

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <fstream>

#include <dsl/exceptions.hpp>
#include <dsl/ops/arithmetic/add.hpp>

#include "compare.hpp"
#include "made.hpp"
#include "program_text.hpp"

namespace {

using namespace ansatz;

/// A build that is refused, after it has walked all that `f` is made of.
void refuse(Function f) {
  f.add(output("two shapes", parameter("two shapes", VectorSpace(2)) + 1));
  f.add(output("of one name", parameter("two shapes", VectorSpace(3)) + 2));
  CHECK_THROWS_AS(build<double>(f), Error);
}

std::string text_of(const fuzz::ProgramText& p) {
  std::string text = p.title;
  int id = 0;
  for (const std::string& line : p.lines) text += "\n  %" + std::to_string(id++) + " = " + line;
  return text;
}

/// The name of an array in which a bit differs, or nothing.
std::string other_bits(const fuzz::Outcome& a, const fuzz::Outcome& b) {
  for (const auto& [name, t] : a) {
    const std::vector<double>& u = b.at(name).values;
    for (std::size_t i = 0; i < u.size(); ++i)
      if (std::bit_cast<std::uint64_t>(t.values[i]) != std::bit_cast<std::uint64_t>(u[i]))
        return name;
  }
  return "";
}

/// Two runs, and loops that are compiled or interpreted, with one number of threads.
template <class T>
std::string other_bits(const fuzz::Made& made) {
  for (int threads : {1, 2}) {
    auto program = build<T>(made.function), again = build<T>(made.function);
    auto interpreted = build<T>(made.function, {.compiled_loops = false});
    program.threads(threads), again.threads(threads), interpreted.threads(threads);
    const fuzz::Outcome first = fuzz::outcome_of(program, made.environment);
    std::string name = other_bits(first, fuzz::outcome_of(again, made.environment));
    if (!name.empty()) return "bits of two runs: " + name;
    name = other_bits(first, fuzz::outcome_of(interpreted, made.environment));
    if (!name.empty()) return "bits of interpreted loops: " + name;
  }
  return "";
}

/// What differs from the file, if anything does.
std::string fault_of(const fuzz::ProgramText& p) {
  const fuzz::Made made = fuzz::make_program(p);
  refuse(made.function);
  auto in_double = build<double>(made.function);
  fuzz::ProgramText larger = p;
  ++larger.examples, ++larger.chains;
  fuzz::outcome_of(in_double, fuzz::make_program(larger).environment);
  const fuzz::Outcome once = fuzz::outcome_of(in_double, made.environment);
  std::string d = fuzz::difference(once, p.expected, p.in_double);
  if (!d.empty()) return "in double: " + d;
  in_double.threads(2);
  const auto twice =
      fuzz::difference(fuzz::outcome_of(in_double, made.environment), once, p.in_double);
  if (twice) return "on two threads: " + *twice;
  in_double.check(true);
  const auto watched = fuzz::difference(fuzz::outcome_of(in_double, made.environment), once, 1e-15);
  if (watched) return "in check mode: " + *watched;
  for (std::string bits : {other_bits<double>(made), other_bits<float>(made)})
    if (!bits.empty()) return bits;
  if (p.in_float == 0) return "";
  auto in_float = build<float>(made.function);
  d = fuzz::difference(fuzz::outcome_of(in_float, made.environment), p.expected, p.in_float);
  return d.empty() ? "" : "in float: " + d;
}

std::string checked(const fuzz::ProgramText& p) {
  try {
    return fault_of(p);
  } catch (const Error& e) {
    return std::string("refused: ") + e.what();
  }
}

}  // namespace

namespace {

std::vector<fuzz::ProgramText> read_programs(const char* path) {
  std::ifstream in(path);
  REQUIRE(in);
  std::vector<fuzz::ProgramText> programs;
  for (;;) {
    fuzz::ProgramText p = fuzz::read_program(in);
    if (p.lines.empty()) return programs;
    programs.push_back(std::move(p));
  }
}
constexpr const char* stored = ANSATZ_TESTS_FOLDER "/fuzz/programs/programs.txt";

}  // namespace

// ANSATZ_FUZZ_PROGRAMS names another file than the stored one: see programs/README.md.
TEST_CASE("random programs: values and derivatives to third order as a second implementation's",
          "[fuzz][programs]") {
  const char* other = std::getenv("ANSATZ_FUZZ_PROGRAMS");
  const auto programs = read_programs(other ? other : stored);
  REQUIRE(programs.size() > 100);
  const int count = fuzz::share_of(static_cast<int>(programs.size()));
  int faults = 0;
  for (int k = 0; k < count && faults < 20; ++k) {
    const fuzz::ProgramText& p = programs[static_cast<std::size_t>(k)];
    const std::string fault = checked(p);
    if (fault.empty()) continue;
    ++faults;
    FAIL_CHECK(fault << '\n' << text_of(p));
  }
}

TEST_CASE("random programs: compiled as globals, at -O0 and -O3, the same", "[fuzz][programs]") {
  std::map<std::uint64_t, fuzz::ProgramText> programs;
  for (const fuzz::ProgramText& p : read_programs(stored)) programs[p.seed] = p;
  for (const auto& made : {fuzz::programs_o0(), fuzz::programs_o3()}) {
    REQUIRE(made.size() >= 8);
    for (const auto& [seed, program] : made) {
      const fuzz::ProgramText& p = programs.at(seed);
      INFO(text_of(p));
      CHECK(program->compiled_loops() == program->loops());
      const fuzz::Made given = fuzz::make_program(p);
      const fuzz::Outcome compiled = fuzz::outcome_of(*program, given.environment);
      CHECK(fuzz::difference(compiled, p.expected, p.in_double) == "");
      auto built = build<double>(given.function);
      CHECK(other_bits(compiled, fuzz::outcome_of(built, given.environment)) == "");
    }
  }
}
