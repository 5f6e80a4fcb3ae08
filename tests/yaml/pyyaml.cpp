// Texts as PyYAML 6.0 reads them: pyyaml.json has what it made of each, null where it refuses.
// Not as PyYAML: U+2028 and U+2029 end no line, an anchor's name ends at a blank.
#include <ansatz/yaml/scalar.hpp>
#include <ansatz/yaml/write.hpp>

#include "reading.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

using namespace ansatz;
using namespace ansatz::testing;
using namespace ansatz::yaml;

namespace {

// As the file has it: "s:" before texts, "p:" before numbers and truth values.
std::string json_of(const Node& node) {
  const auto text = [](std::string_view prefix, const std::string& value) {
    std::string out = "\"" + std::string(prefix);
    for (const char c : value) {
      const auto byte = static_cast<unsigned char>(c);
      constexpr const char* digits = "0123456789abcdef";
      if (c == '"' || c == '\\')
        out += {'\\', c};
      else if (byte < 0x20 || byte == 0x7f)
        out += std::string("\\u00") + digits[byte >> 4] + digits[byte & 15];
      else
        out += c;
    }
    return out + "\"";
  };
  if (node.kind == Kind::sequence || node.kind == Kind::mapping) {
    const bool list = node.kind == Kind::sequence;
    std::string out;
    for (const Child& each : node.children)
      out +=
          (out.empty() ? "" : ",") + (list ? "" : text("", each.key) + ":") + json_of(*each.node);
    return list ? "[" + out + "]" : "{" + out + "}";
  }
  if (is_null(node)) return "null";
  return text(type_of(node) == Type::text ? "s:" : "p:", node.text);
}

}  // namespace

TEST_CASE("yaml: texts are read as PyYAML reads them", "[yaml][pyyaml]") {
  const auto path = std::filesystem::path(ANSATZ_TESTS_FOLDER) / "yaml" / "pyyaml.json";
  std::ifstream file(path);
  const nlohmann::json cases = nlohmann::json::parse(file);
  REQUIRE(cases.size() > 500);
  Reading reading;
  reading.fill = false;
  int refused = 0;
  for (const auto& each : cases) {
    const auto text = each[0].get<std::string>();
    INFO(text);
    Errors errors;
    const NodePtr root = read_text("job.yaml", text, errors, reading);
    if (each[1].is_null()) {
      CHECK(!errors.empty());
      ++refused;
      continue;
    }
    REQUIRE((root && errors.empty()));
    CHECK(json_of(*root) == each[1].get<std::string>());
    const NodePtr again = parse(to_yaml(*root), reading);
    CHECK((again && same(*root, *again)));
  }
  CHECK(refused > 100);
}

TEST_CASE("yaml: colons before brackets are read again within bounds", "[yaml][pyyaml]") {
  std::string text = "{";
  for (int i = 0; i < 200; ++i) text += "k" + std::to_string(i) + ":[" + std::to_string(i) + "],\n";
  const NodePtr root = parse(text + "}");
  REQUIRE(root);
  CHECK(root->children.size() == 200);
  CHECK(at(root, {"k150", "0"}).position.text() == "job.yaml:151:7");
  CHECK(at(root, {"k150", "0"})->text == "150");
  // In time that grows with the text, quotes and comments left as they are.
  std::string many = "{a:{}, 'x:[]': \"y:[]\", b c's:[d:{e:[f]}], # g:[\n h: \"\\\":[\"";
  for (int i = 0; i < 50'000; ++i) many += ",b" + std::to_string(i) + ":{}";
  const NodePtr all = parse(many + "}");
  REQUIRE(all);
  CHECK(all->children.size() == 50'004);
  CHECK(at(all, {"x:[]"})->text == "y:[]");
  CHECK(at(all, {"b c's", "0", "d", "e", "0"})->text == "f");
  CHECK(at(all, {"h"})->text == "\":[");
  // Lines behind anchors likewise.
  std::string items;
  for (int i = 0; i < 300; ++i) items += "- &a" + std::to_string(i) + " |\n  k: v\n  w\n";
  const NodePtr blocks = parse(items);
  REQUIRE(blocks);
  CHECK(blocks->children.size() == 300);
  CHECK(at(blocks, {"299"})->text == "k: v\nw\n");
  for (int i = 0; i < 2'000; ++i) items += "- &b" + std::to_string(i) + " x\n  y\n";
  CHECK(faults(items).find("this line does not belong to the list") != std::string::npos);
  // Brackets after brackets: each is read again, up to a limit.
  std::string lines;
  for (int i = 0; i < 20'000; ++i) lines += "- {a:[]}\n";
  CHECK(faults(lines).find("put a blank behind this ':'") != std::string::npos);
}
