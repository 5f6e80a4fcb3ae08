#include <ansatz/files/tensor_file.hpp>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <dsl/exceptions.hpp>
#include <limits>
#include <set>

#include "data/temporary_file.hpp"
#include "serial/bytes.hpp"

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

TensorFile sample() {
  const float w[6] = {1,    -2,
                      0.1f, std::numeric_limits<float>::quiet_NaN(),
                      -0.f, std::numeric_limits<float>::infinity()};
  const double v[2] = {0.1, std::numeric_limits<double>::denorm_min()};
  const std::uint8_t odd[3] = {0, 128, 255};
  const std::uint32_t key[2] = {0, 0xffffffff};
  const std::int64_t big[1] = {INT64_MIN};
  TensorFile file;
  file.tensors.emplace_back("odd", std::vector<std::int64_t>{3}, odd);
  file.tensors.emplace_back("h0_W", std::vector<std::int64_t>{2, 3}, w);
  file.tensors.emplace_back("scalar/é \"quoted\"\n", std::vector<std::int64_t>{}, v);
  file.tensors.emplace_back("velocity", std::vector<std::int64_t>{1, 2, 1}, v);
  file.tensors.emplace_back("empty", std::vector<std::int64_t>{0, 7}, w);
  file.tensors.emplace_back("key", std::vector<std::int64_t>{2}, key);
  file.tensors.emplace_back("big", std::vector<std::int64_t>{1}, big);
  file.metadata = {{"job", "a: 1\n\tb: \"2\" \x01 é"}, {"nothing", ""}};
  return file;
}

TensorFile parse(std::string_view bytes) { return parse_tensor_file(bytes, "m.pkl"); }

std::string error_of_bytes(std::string_view bytes) {
  return message_of<FileError>([&] { parse(bytes); });
}

std::string error_of_header(std::string_view header, std::string_view data = "") {
  return error_of_bytes(safetensors(header, data));
}

}  // namespace

TEST_CASE("tensor_file: what is written is read, in its order, bit by bit", "[serial]") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/m.pkl";
  const TensorFile file = sample();
  write_tensor_file(path, file);
  REQUIRE(bytes_of(path) == tensor_file_bytes(file));
  const TensorFile again = read_tensor_file(path);
  REQUIRE(again == file);
  REQUIRE(again.tensors[1].name == "h0_W");
  REQUIRE(std::isnan(again.find("h0_W")->data<float>()[3]));
  REQUIRE(std::signbit(again.find("h0_W")->data<float>()[4]));
  REQUIRE(again.find("h0_W")->data<double>() == nullptr);
  REQUIRE(again.find("h1_W") == nullptr);
  REQUIRE(again.find("empty")->size() == 0);
}

TEST_CASE("tensor_file: every element lies at a multiple of its size", "[serial]") {
  const std::string bytes = tensor_file_bytes(sample());
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), 8);
  REQUIRE(header % 8 == 0);
  // The only tensor of single bytes stands first in the header and last in the data.
  REQUIRE(bytes.substr(bytes.size() - 3) == std::string("\x00\x80\xff", 3));
  REQUIRE(bytes.find("\"odd\":{") < bytes.find("\"h0_W\":{"));
}

TEST_CASE("tensor_file: equal content gives equal bytes", "[serial]") {
  REQUIRE(tensor_file_bytes(sample()) == tensor_file_bytes(sample()));
  REQUIRE(parse(tensor_file_bytes({})) == TensorFile{});
}

TEST_CASE("tensor_file: a file of another program is read without checksums", "[serial]") {
  const std::string data = "\x01\x02\x03\x04";
  const TensorFile file = parse(safetensors(
      R"({"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]},"__metadata__":{"format":"pt"},)"
      R"("a":{"data_offsets":[0,2],"shape":[1,1],"dtype":"I16"}}   )",
      data));
  REQUIRE(file.tensors.size() == 2);
  REQUIRE(file.tensors[0].data<std::uint8_t>()[1] == 4);
  REQUIRE(file.tensors[1].data<std::int16_t>()[0] == 0x201);
  REQUIRE(file.metadata.at("format") == "pt");
}

TEST_CASE("tensor_file: a file of ours cut anywhere is refused", "[serial]") {
  const std::string bytes = tensor_file_bytes(sample());
  for (std::size_t n = 0; n < bytes.size(); ++n)
    REQUIRE_THAT(error_of_bytes(bytes.substr(0, n)), Contains("m.pkl: "));
  REQUIRE_THAT(error_of_bytes(bytes + '\0'), Contains("1 bytes follow the last tensor"));
}

TEST_CASE("tensor_file: every flipped bit of a file of ours is found", "[serial]") {
  const std::string bytes = tensor_file_bytes(sample());
  std::set<std::string> messages;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const std::string message = error_of_bytes(flipped);
    CAPTURE(bit / 8, bit % 8);
    REQUIRE_THAT(message, Contains("m.pkl: "));
    REQUIRE(message.size() < 400);
    messages.insert(message);
  }
  REQUIRE(messages.size() > 20);
}

TEST_CASE("tensor_file: damage of tensors and header is told apart", "[serial]") {
  const std::string bytes = tensor_file_bytes(sample());
  std::string tensor = bytes, header = bytes;
  tensor.back() ^= 1;
  REQUIRE_THAT(error_of_bytes(tensor), Contains("tensor 'odd' is damaged: its checksum is "));
  header[header.find("0,7")] = '1';
  REQUIRE_THAT(error_of_bytes(header), Contains("the header is damaged: its checksum differs"));
  REQUIRE(parse_tensor_file(tensor, "m.pkl", Checksums::ignore).tensors.size() == 7);
}

TEST_CASE("tensor_file: checksums that another program kept are named", "[serial]") {
  const std::string head = R"("__metadata__":{"ansatz.header_crc32":"00000000"})";
  REQUIRE_THAT(error_of_header("{ " + head + "}"), Contains("another program wrote this file"));
  REQUIRE_THAT(error_of_header(R"({"__metadata__":{"ansatz.job":"x"}})"),
               Contains("the header's checksum is missing"));
}

TEST_CASE("tensor_file: what is not a file of tensors is named", "[serial]") {
  TemporaryFolder folder;
  const auto error = [&](const std::string& path) {
    return message_of<FileError>([&] { read_tensor_file(path); });
  };
  REQUIRE_THAT(error(folder.path() + "/none"), Contains("/none: no such file"));
  REQUIRE_THAT(error(folder.path()), Contains("not a file, but a folder"));
  REQUIRE_THAT(error("/dev/null"), Contains("/dev/null: not a file"));
  REQUIRE_THAT(error(folder.write("m", "")), Contains("empty (0 bytes)"));
  REQUIRE_THAT(error_of_bytes("{}"), Contains("2 bytes, which is too short"));
  REQUIRE_THAT(error_of_bytes("\x80\x02"
                              "cpylearn2.models.mlp"),
               Contains("it is a Python pickle"));
  REQUIRE_THAT(error_of_bytes("ccopy_reg\n_reconstructor"), Contains("it is a Python pickle"));
  REQUIRE_THAT(error_of_bytes(gzip("0123456789")), Contains("it is gzip data; unpack"));
  REQUIRE_THAT(error_of_bytes("PK\x03\x04 and so on"), Contains("it is a zip archive"));
  REQUIRE_THAT(error_of_bytes("\x93NUMPY\x01 and so on"), Contains("it is a NumPy array"));
  REQUIRE_THAT(error_of_bytes("\x89HDF\r\n\x1a\n and so on"), Contains("it is HDF5"));
  REQUIRE_THAT(error_of_bytes(idx({60000}, "012345")), Contains("it is an IDX file"));
  REQUIRE_THAT(error_of_bytes("!obj:pylearn2.train.Train {"), Contains("it is text"));
  REQUIRE_THAT(error_of_bytes("\xff\xfe and so on"), Contains("it begins with ff fe 20 61"));
}

TEST_CASE("tensor_file: faulty headers are refused with what was found", "[serial]") {
  const auto tensor = [](const std::string& inside, std::string_view data = "") {
    return error_of_header("{\"W\":{" + inside + "}}", data);
  };
  const std::string good = R"("dtype":"F32","shape":[1],"data_offsets":[0,4])";
  REQUIRE(tensor(good, "abcd").empty());

  REQUIRE_THAT(error_of_header("{\"W\":}"), Contains("not JSON in UTF-8 at byte 13"));
  REQUIRE_THAT(error_of_header("{\"\xff\":1}"), Contains("not JSON in UTF-8 at byte 10"));
  REQUIRE_THAT(error_of_header("{}x"), Contains("not JSON in UTF-8 at byte 10"));
  REQUIRE_THAT(error_of_header("{\"\":{}}"), Contains("a tensor has no name"));
  REQUIRE_THAT(error_of_header("{\"W\":3}"), Contains("'W' is the number 3, where an object"));
  REQUIRE_THAT(error_of_header("{\"W\":{\"W\":{}}}"), Contains("unknown key 'W'; allowed: dtype"));
  REQUIRE_THAT(tensor(R"("dtyp":"F32")"), Contains("unknown key 'dtyp'"));
  REQUIRE_THAT(tensor(R"("dtype":"F32","dtype":"F32")"), Contains("has its dtype twice"));
  REQUIRE_THAT(tensor(R"("dtype":"BF16")"), Contains("the dtype 'BF16'; read are F32, F64"));
  REQUIRE_THAT(tensor(R"("dtype":null)"), Contains("has null as dtype"));
  REQUIRE_THAT(tensor(R"("shape":[-1])"), Contains("the number -1 as or in its shape"));
  REQUIRE_THAT(tensor(R"("shape":[1.5])"), Contains("the number '1.5' as or in its shape"));
  REQUIRE_THAT(tensor(R"("shape":[[]])"), Contains("has a list as or in its shape"));
  REQUIRE_THAT(tensor(R"("shape":[9223372036854775808])"), Contains("has an impossible shape"));
  REQUIRE_THAT(tensor(R"("shape":true)"), Contains("has true as or in its shape"));
  REQUIRE_THAT(tensor(R"("data_offsets":[0])"), Contains("has 1 data_offsets, where 2"));
  REQUIRE_THAT(tensor(R"("data_offsets":[0,1,2])"), Contains("more than 2 data_offsets"));
  REQUIRE_THAT(tensor(R"("data_offsets":[4,0])"), Contains("[4, 0], which run backwards"));
  REQUIRE_THAT(tensor(R"("data_offsets":"0")"), Contains("the text '0'"));
  REQUIRE_THAT(tensor(R"("shape":[],"data_offsets":[0,4])"), Contains("has no dtype"));
  REQUIRE_THAT(tensor(R"("dtype":"F32","data_offsets":[0,4])"), Contains("has no shape"));
  REQUIRE_THAT(tensor(R"("dtype":"F32","shape":[])"), Contains("has no data_offsets"));
  REQUIRE_THAT(error_of_header("{\"W\":{" + good + "},\"W\":{" + good + "}}"),
               Contains("tensor 'W' is given twice"));
  REQUIRE_THAT(error_of_header(R"({"__metadata__":{"a":1}})"),
               Contains("metadata 'a' is the number 1, where a text"));
  REQUIRE_THAT(error_of_header(R"({"__metadata__":{"a":"1","a":"2"}})"),
               Contains("metadata key 'a' is given twice"));
  REQUIRE_THAT(error_of_header(R"({"__metadata__":{},"__metadata__":{}})"),
               Contains("__metadata__ is given twice"));
  REQUIRE_THAT(error_of_header(R"({"__metadata__":[]})"), Contains("__metadata__ is a list"));
  const std::string deep(100'000, '[');
  REQUIRE_THAT(error_of_header("{\"W\":" + deep), Contains("'W' is a list"));
}

TEST_CASE("tensor_file: tensors that do not fill the data are refused", "[serial]") {
  const auto two = [](const std::string& a, const std::string& b, std::string_view data) {
    return error_of_header(
        "{\"a\":{\"dtype\":\"U8\"," + a + "},\"b\":{\"dtype\":\"U8\"," + b + "}}", data);
  };
  const std::string first = R"("shape":[2],"data_offsets":[0,2])";
  REQUIRE(two(first, R"("shape":[2],"data_offsets":[2,4])", "1234").empty());
  REQUIRE_THAT(two(first, R"("shape":[2],"data_offsets":[1,3])", "123"),
               Contains("tensor 'b' overlaps another one at byte 1"));
  REQUIRE_THAT(two(first, R"("shape":[2],"data_offsets":[3,5])", "12345"),
               Contains("1 bytes before tensor 'b' belong to no tensor"));
  REQUIRE_THAT(two(first, R"("shape":[2],"data_offsets":[2,4])", "123"),
               Contains("truncated: tensor 'b' needs bytes 2 to 4 of the data, but only 3"));
  REQUIRE_THAT(two(first, R"("shape":[2],"data_offsets":[2,4])", "12345"),
               Contains("1 bytes follow the last tensor"));
  REQUIRE_THAT(two(first, R"("shape":[3],"data_offsets":[2,4])", "1234"),
               Contains("tensor 'b' has 2 bytes (data_offsets [2, 4]), but U8 of shape [3] has 3"));
  REQUIRE_THAT(two(first, R"("shape":[4294967296,4294967296],"data_offsets":[2,2])", "12"),
               Contains("has more than 2^64 bytes"));
}

TEST_CASE("tensor_file: a header's length beyond the file or 100 MB allocates nothing",
          "[serial]") {
  std::string bytes = safetensors("{}          ");
  bytes[0] = 100;
  REQUIRE_THAT(error_of_bytes(bytes),
               Contains("header takes bytes 8 to 108, but the file ends at 20"));
  bytes[7] = 1;
  REQUIRE_THAT(error_of_bytes(bytes), Contains("not a file of tensors (safetensors)"));
}

TEST_CASE("tensor_file: what cannot be written leaves the old file", "[serial]") {
  TemporaryFolder folder;
  const std::string path = folder.write("m.pkl", "old");
  const auto error = [&](const TensorFile& file) {
    const std::string message = message_of<Error>([&] { write_tensor_file(path, file); });
    REQUIRE(bytes_of(path) == "old");
    return message;
  };
  TensorFile file = sample();
  file.tensors.push_back(file.tensors[0]);
  REQUIRE_THAT(error(file), Contains("two tensors are named 'odd'"));
  file.tensors.back().name = "";
  REQUIRE_THAT(error(file), Contains("'' cannot name a tensor"));
  file.tensors.back().name = "\xc0\xaf";
  REQUIRE_THAT(error(file), Contains("is not UTF-8 at byte 0"));
  file.tensors.back() = file.tensors[1];
  file.tensors.back().name = "short";
  file.tensors.back().bytes.pop_back();
  REQUIRE_THAT(error(file), Contains("tensor 'short' has 23 bytes, which is not its shape [2, 3]"));
  file = sample();
  file.metadata["note"] = "caf\xe9";
  REQUIRE_THAT(error(file), Contains("the metadata 'note' is not UTF-8 at byte 3"));
  file.metadata = {{"ansatz.header_crc32", "1"}};
  REQUIRE_THAT(error(file), Contains("is kept for checksums"));
  REQUIRE_THAT(message_of<ValueError>([] { NamedTensor("W", {-1}, "a"); }),
               Contains("cannot have the shape [-1]"));
}
