// Each pair of Spaces: what one becomes in the other, and back.
#include "probe.hpp"

#include <ansatz/model/layers/linear.hpp>
#include <ansatz/spaces/typed_format_as.hpp>

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

using Vector = std::vector<double>;
constexpr int examples_each = 3, numbers = 24;
// All of 24 numbers.
std::vector<SpaceInfo> spaces() {
  return {vector_space(numbers),
          conv2d_space(2, 3, 4),
          conv2d_space(2, 3, 4, Axes::bc01),
          conv2d_space(4, 1, 6, Axes::bc01),
          composite({vector_space(5), vector_space(19)}),
          composite({conv2d_space(2, 2, 3, Axes::bc01), vector_space(12)}),
          composite({composite({vector_space(6), conv2d_space(3, 2, 1)}),
                     conv2d_space(2, 3, 2, Axes::bc01)})};
}

// By the definition: the place in a vector of each number of an example, in the order in which its
// values hold them. An image stands there by rows, columns, channels; components one after another.
void places(const SpaceInfo& s, int from, std::vector<int>& list) {
  if (s.kind == SpaceKind::composite) {
    for (const SpaceInfo& c : s.components) {
      places(c, from, list);
      from += c.total_dimension();
    }
  } else if (s.kind == SpaceKind::conv2d && s.axes == Axes::bc01) {
    for (int k = 0; k < s.channels(); ++k)
      for (int r = 0; r < s.rows(); ++r)
        for (int c = 0; c < s.columns(); ++c)
          list.push_back(from + (r * s.columns() + c) * s.channels() + k);
  } else {
    for (int i = 0; i < s.total_dimension(); ++i) list.push_back(from + i);
  }
}

struct Leaf {
  SpaceInfo space;
  int first;  // of its numbers among an example's
};
void leaves(const SpaceInfo& s, int& from, std::vector<Leaf>& list) {
  if (s.kind == SpaceKind::composite) {
    for (const SpaceInfo& c : s.components) leaves(c, from, list);
    return;
  }
  list.push_back({s, from});
  from += s.total_dimension();
}
std::vector<Leaf> leaves(const SpaceInfo& s) {
  std::vector<Leaf> list;
  int from = 0;
  leaves(s, from, list);
  return list;
}

// Example by example, an example's numbers as its values hold them.
Vector together(const SpaceInfo& s, const Computed& values, const std::string& name) {
  const std::vector<Leaf> all = leaves(s);
  Vector out(at(examples_each * numbers));
  for (std::size_t k = 0; k < all.size(); ++k) {
    const Vector& part = values.at(all.size() > 1 ? name + "." + std::to_string(k) : name);
    const int width = all[k].space.total_dimension();
    for (int n = 0; n < examples_each; ++n)
      for (int i = 0; i < width; ++i)
        out[at(n * numbers + all[k].first + i)] = part[at(n * width + i)];
  }
  return out;
}

}  // namespace

TEST_CASE("spaces: each pair by its definition, and back to the same numbers", "[model][spaces]") {
  const Shared<Model> model = stack(1, {Linear("h", 1, irange(.1))});
  for (const SpaceInfo& from : spaces())
    for (const SpaceInfo& to : spaces()) {
      CAPTURE(std::string(to_text(from).view()), std::string(to_text(to).view()));
      if (!signals::can_format(from, to)) {
        // Two CompositeSpaces need the same components' dimensions.
        CHECK(from.kind == SpaceKind::composite);
        CHECK(to.kind == SpaceKind::composite);
        continue;
      }
      Data data;
      data.add("x", from);
      const Signal there = format_as(data["x"], to), back = undo_format_as(there, from);
      CHECK(there.space == to);
      CHECK(back.space == from);
      Function f;
      const auto add = [&](const char* name, const Signal& s) {
        for (int k = 0; k < s.values.size(); ++k) {
          const String one = String(name) + "." + to_text(static_cast<long long>(k));
          f.add(output(s.values.size() > 1 ? one.c_str() : name, 1.0 * s.values[k]));
        }
      };
      add("there", there);
      add("back", back);
      Probe probe(*model, data, f);
      const Minibatch batch = random_batch(data, examples_each, 5);
      Vector given(at(examples_each * numbers));
      {
        Computed values;
        for (const auto& [name, v] : batch.numbers) values[name] = v;
        std::vector<Leaf> all = leaves(from);
        // The inputs of nested components are called by their paths.
        Computed numbered;
        std::size_t k = 0;
        for (const auto& [name, v] : values)
          numbered[all.size() > 1 ? "x." + std::to_string(k++) : "x"] = v;
        given = together(from, numbered, "x");
      }
      const Computed found = probe(batch);
      std::vector<int> in, out;
      places(from, 0, in);
      places(to, 0, out);
      Vector vector(given.size()), wanted(given.size());
      for (int n = 0; n < examples_each; ++n) {
        for (int i = 0; i < numbers; ++i)
          vector[at(n * numbers + in[at(i)])] = given[at(n * numbers + i)];
        for (int i = 0; i < numbers; ++i)
          wanted[at(n * numbers + i)] = vector[at(n * numbers + out[at(i)])];
      }
      CHECK(together(to, found, "there") == wanted);
      CHECK(together(from, found, "back") == given);
    }
}

TEST_CASE("spaces: labels become one-hot, merged or side by side, and are not had back",
          "[model][spaces]") {
  const Shared<Model> model = stack(1, {Linear("h", 1, irange(.1))});
  Data data;
  data.add("x", index_space(4, 2));
  Function f;
  f.add(output("merged", format_as(data["x"], vector_space(4)).value()));
  f.add(output("beside", format_as(data["x"], vector_space(8)).value()));
  Probe probe(*model, data, f);
  Minibatch batch;
  batch.examples = 2;
  batch.labels["x"] = {1, 3, 2, 2};
  const Computed found = probe(batch);
  CHECK(found.at("merged") == Vector{0, 1, 0, 1, 0, 0, 1, 0});
  CHECK(found.at("beside") == Vector{0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0});
  CHECK_THAT(message_of([&] {
               (void)undo_format_as(format_as(data["x"], vector_space(4)), index_space(4, 2));
             }),
             Catch::Matchers::Contains("IndexSpace(4, 2)"));
  CHECK_THAT(message_of([&] { (void)format_as(data["x"], vector_space(5)); }),
             Catch::Matchers::Contains("VectorSpace(5)"));
}

namespace {

template <class To, class... From>
constexpr bool convert = SpacesFormat<To, From...>;

using Vector24 = VectorSpace<24>;
using Last = Conv2DSpace<2, 3, 4>;
using First = Conv2DSpace<2, 3, 4, Axes::bc01>;
using Parts = CompositeSpace<Source<"a", VectorSpace<10>>, Source<"b", Conv2DSpace<1, 7, 2>>>;
using Nested = CompositeSpace<Source<"in", Parts>>;

template <class To, class X>
constexpr bool gives = std::is_same_v<decltype(format_as<To>(std::declval<Expr<Batch<X>>>())),
                                      typename signals::Typed<To>::type>;

}  // namespace

TEST_CASE("spaces: between types, checked by the compiler", "[model][spaces]") {
  STATIC_REQUIRE(gives<Vector24, Last>);
  STATIC_REQUIRE(gives<Vector24, First>);
  STATIC_REQUIRE(gives<Last, First>);
  STATIC_REQUIRE(gives<First, Vector24>);
  STATIC_REQUIRE(gives<Parts, First>);
  STATIC_REQUIRE(gives<Nested, Vector24>);
  STATIC_REQUIRE(convert<Vector24, VectorSpace<10>, Conv2DSpace<1, 7, 2>>);
  STATIC_REQUIRE(convert<VectorSpace<8>, IndexSpace<4, 2>>);
  STATIC_REQUIRE(convert<VectorSpace<4>, IndexSpace<4, 2>>);
  STATIC_REQUIRE_FALSE(convert<VectorSpace<5>, IndexSpace<4, 2>>);
  STATIC_REQUIRE_FALSE(convert<IndexSpace<4, 2>, VectorSpace<8>>);
  STATIC_REQUIRE_FALSE(convert<VectorSpace<25>, Last>);
  STATIC_REQUIRE_FALSE(convert<Vector24, VectorSpace<10>, VectorSpace<10>>);
}

TEST_CASE("spaces: between types, there and back", "[model][spaces]") {
  const auto x = input<First>("x");
  const auto vector = format_as<Vector24>(x);
  const auto parts = format_as<Parts>(x);
  const auto [inner] = format_as<Nested>(vector);
  Data data;
  data.add("x", space_info(First()));
  Function f;
  const auto add = [&](const char* name, const auto& e) {
    f.add(output(name, 1.0 * AnyExpr(e.value())));
  };
  add("vector", vector);
  add("back", format_as<First>(vector));
  add("last", format_as<First>(format_as<Last>(x)));
  add("parts", format_as<First>(std::get<0>(parts), std::get<1>(parts)));
  add("nested", format_as<Vector24>(std::get<0>(inner), std::get<1>(inner)));
  Probe probe(*stack(1, {Linear("h", 1, irange(.1))}), data, f);
  const Minibatch batch = random_batch(data, examples_each, 5);
  const Vector& given = batch.numbers.at("x");
  const Computed found = probe(batch);
  for (const char* same : {"back", "last", "parts"}) CHECK(found.at(same) == given);
  CHECK(found.at("nested") == found.at("vector"));
  for (int n = 0; n < examples_each; ++n)
    for (int k = 0; k < 4; ++k)
      for (int p = 0; p < 6; ++p)
        CHECK(found.at("vector")[at(n * 24 + p * 4 + k)] == given[at(n * 24 + k * 6 + p)]);
}
