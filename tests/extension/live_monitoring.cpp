#include "../../src/extension/live_answers.hpp"
#include "../../src/extension/live_server.hpp"

#include <ansatz/extension/live_monitoring.hpp>
#include <ansatz/extension/on_event.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/exceptions.hpp>

#include "../training/small_job.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <limits>
#include <memory>
#include <vector>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;
using Json = nlohmann::json;

namespace {

// Two channels; of the second, the first record is missing.
MonitorRecords some_records() {
  MonitorRecords records;
  const int a = records.add_channel("objective");
  records.record(.5, {a}, {2});
  const int b = records.add_channel("valid_y_misclass");
  for (int epoch = 1; epoch <= 4; ++epoch) {
    records.epochs_seen = epoch;
    records.batches_seen = 10 * epoch;
    records.examples_seen = 100 * epoch;
    records.record(epoch, {a, b}, {2. - epoch, epoch / 8.});
  }
  return records;
}

// A client that waits for at most 10 seconds.
class Client {
 public:
  explicit Client(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    const timeval patience{60, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    connected = connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  ~Client() { close(fd_); }
  Client(const Client&) = delete;
  void say(const std::string& text) { send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  // The next line; "" when the other side closed.
  std::string line() {
    std::string text;
    char c;
    while (recv(fd_, &c, 1, 0) == 1) {
      if (c == '\n') return text;
      text += c;
    }
    return "";
  }
  // Closes the sending half, as `nc -N` does when its input ends.
  void say_no_more() { shutdown(fd_, SHUT_WR); }
  Json ask(const std::string& request) {
    say(request + "\n");
    return Json::parse(line(), nullptr, false);
  }

  bool connected = false;

 private:
  int fd_;
};

}  // namespace

TEST_CASE("live monitoring: requests are answered from the records", "[extension][live]") {
  const MonitorRecords records = some_records();
  const auto ask = [&](const std::string& text) {
    return Json::parse(live::answer(records, text));
  };
  CHECK(ask(R"({"request": "list_channels"})") ==
        Json{{"channels", {"objective", "valid_y_misclass"}}});
  const Json whole = ask(R"({"request": "update_channels", "channels": ["valid_y_misclass"]})");
  const Json& channel = whole["channels"]["valid_y_misclass"];
  CHECK(channel["val_record"] == Json{.125, .25, .375, .5});
  CHECK(channel["epoch_record"] == Json{1, 2, 3, 4});
  CHECK(channel["batch_record"] == Json{10, 20, 30, 40});
  CHECK(channel["example_record"] == Json{100, 200, 300, 400});
  CHECK(channel["time_record"] == Json{1., 2., 3., 4.});
  const Json some = ask(R"({"request": "update_channels", "channels": ["objective"],
                            "start": 1, "end": 4, "step": 2})");
  CHECK(some["channels"]["objective"]["val_record"] == Json{1., -1.});
  const Json far = ask(R"({"request": "update_channels", "channels": ["objective"],
                           "start": 3, "step": 9223372036854775807, "end": 99})");
  CHECK(far["channels"]["objective"]["val_record"].size() == 1);
}

TEST_CASE("live monitoring: what is not understood is said to be so", "[extension][live]") {
  const MonitorRecords records = some_records();
  const auto error = [&](const std::string& text) {
    return Json::parse(live::answer(records, text)).value("error", "");
  };
  CHECK_THAT(error("hello"), Contains("list_channels"));
  CHECK_THAT(error(std::string(60000, '[')), Contains("list_channels"));
  CHECK_THAT(error(R"({"request": 3})"), Contains("list_channels"));
  CHECK_THAT(error(R"({"request": "list_chanels"})"), Contains("nearest: list_channels"));
  CHECK_THAT(error(R"({"request": "update_channels"})"), Contains("channels"));
  CHECK_THAT(error(R"({"request": "update_channels", "channels": ["objectve"]})"),
             Contains("nearest: objective"));
  CHECK_THAT(error(R"({"request": "update_channels", "channels": [], "step": 0})"),
             Contains("step"));
  CHECK_THAT(error(R"({"request": "update_channels", "channels": [], "start": -1})"),
             Contains("start must be at least 0"));
  CHECK_THAT(error(R"({"request": "update_channels", "channels": [], "end": -2})"),
             Contains("end must be at least 0, or -1 for all"));
  CHECK_THAT(error(R"({"request": "update_channels", "channels": [], "start": "a"})"),
             Contains("whole number"));
  CHECK_THAT(error("{\"request\": \"\xff\"}"), Contains("list_channels"));
}

TEST_CASE("live monitoring: what is no finite number is null", "[extension][live]") {
  MonitorRecords records;
  const int a = records.add_channel("x");
  records.record(1, {a}, {std::numeric_limits<double>::infinity()});
  CHECK(Json::parse(live::publication(records, {}))["channels"]["x"].is_null());
}

TEST_CASE("live monitoring: only what was measured is told", "[extension][live]") {
  MonitorRecords records;
  const int before = records.add_channel("before");
  records.record(1, {before}, {.5});
  records.copy_history = true;  // a job that goes on and watches another
  const int now = records.add_channel("now");
  records.record(2, {now}, {.25});
  const Json told = Json::parse(live::publication(records, {}))["channels"];
  CHECK(told == Json{{"now", .25}});
}

TEST_CASE("live monitoring: clients ask and follow over sockets", "[extension][live]") {
  live::Server server("127.0.0.1", 0, 0);
  MonitorRecords records = some_records();
  server.publish(records);
  Client asks(server.req_port()), follows(server.pub_port());
  REQUIRE(asks.connected);
  REQUIRE(follows.connected);
  // An answer proves that the clients before it were let in, and that the records are there.
  Json channels;
  for (int tries = 0; tries < 1000 && channels.size() != 2; ++tries)
    channels = asks.ask(R"({"request": "list_channels"})")["channels"];
  CHECK(channels.size() == 2);

  follows.say("[\"valid_y_misclass\"]\nnot json\n");
  CHECK_THAT(follows.line(), Contains("error"));
  records.epochs_seen = 5;
  records.record(9, {0, 1}, {-3, .625});
  server.publish(records);
  const Json told = Json::parse(follows.line());
  CHECK(told["epochs_seen"] == 5);
  CHECK(told["channels"] == Json{{"valid_y_misclass", .625}});
  const Json after =
      asks.ask(R"({"request": "update_channels", "channels": ["objective"], "start": 4})");
  CHECK(after["channels"]["objective"]["val_record"] == Json{-2., -3.});

  // Records within an epoch, told with the one after it.
  records.record(9.5, {0, 1}, {-3.5, .6875});
  records.epochs_seen = 6;
  records.record(10, {0, 1}, {-4, .75});
  server.publish(records);
  CHECK(Json::parse(follows.line())["channels"] == Json{{"valid_y_misclass", .6875}});
  CHECK(Json::parse(follows.line())["epochs_seen"] == 6);

  // A channel more: the whole is sent again.
  records.record(10, {0, 1, records.add_channel("new")}, {-4, .75, 1});
  server.publish(records);
  CHECK(Json::parse(follows.line())["channels"].size() == 1);
  CHECK(asks.ask(R"({"request": "list_channels"})")["channels"].size() == 3);
}

TEST_CASE("live monitoring: a line without end is cut off, other clients stay",
          "[extension][live]") {
  live::Server server("127.0.0.1", 0, 0);
  Client good(server.req_port()), bad(server.req_port());
  bad.say(std::string(100 << 10, 'x'));
  CHECK(bad.line().empty());
  CHECK(good.ask(R"({"request": "list_channels"})").contains("channels"));
}

TEST_CASE("live monitoring: who has said all that it has to say gets whole answers",
          "[extension][live]") {
  live::Server server("127.0.0.1", 0, 0);
  MonitorRecords records = some_records();
  for (int i = 0; i < 60000; ++i) records.record(i, {0, 1}, {i / 7., i / 11.});
  server.publish(records);
  const std::string request = R"({"request": "update_channels", "channels": ["objective"]})";
  Client asks(server.req_port());
  std::size_t size = 0;
  for (int tries = 0; tries < 1000 && size < 100000; ++tries) {
    asks.say(request + "\n");
    size = asks.line().size();
  }
  CHECK(size > 2000000);  // more than a socket holds
  Client leaves(server.req_port()), follows(server.pub_port());
  leaves.say(request + "\n" + request + "\n");
  leaves.say_no_more();
  follows.say_no_more();
  CHECK(leaves.line().size() == size);
  CHECK(leaves.line().size() == size);
  CHECK(leaves.line().empty());
  records.record(1, {0, 1}, {1, 2});
  server.publish(records);
  CHECK_THAT(follows.line(), Contains("epochs_seen"));
}

TEST_CASE("live monitoring: silent, greedy and hasty clients lock nobody out",
          "[extension][live]") {
  live::Server server("127.0.0.1", 0, 0);
  MonitorRecords records = some_records();
  for (int i = 0; i < 6000; ++i) records.record(i, {0, 1}, {i / 7., i / 11.});
  server.publish(records);
  std::vector<std::unique_ptr<Client>> others;
  const std::string list = R"({"request": "list_channels"})";
  for (const int port : {server.req_port(), server.pub_port()})
    for (int i = 0; i < 40; ++i) others.push_back(std::make_unique<Client>(port));
  CHECK(Client(server.req_port()).ask(list).contains("channels"));
  // Each asks for 150 MB of answers and takes none.
  std::string much;
  for (int i = 0; i < 300; ++i)
    much += R"({"request": "update_channels", "channels": ["objective", "valid_y_misclass"]})"
            "\n";
  for (int i = 0; i < 3; ++i) {
    others.push_back(std::make_unique<Client>(server.req_port()));
    others.back()->say(much);
  }
  for (int i = 0; i < 36; ++i) REQUIRE(Client(server.req_port()).ask(list).contains("channels"));
  Client follows(server.pub_port());
  CHECK(Client(server.req_port()).ask(list).contains("channels"));
  follows.say("not json\n");
  CHECK_THAT(follows.line(), Contains("error"));
}

TEST_CASE("live monitoring: an answer too long to hold is refused in words", "[extension][live]") {
  live::Server server("127.0.0.1", 0, 0);
  MonitorRecords records;
  const int a = records.add_channel("x");
  for (int i = 0; i < 300000; ++i) records.record(i / 3., {a}, {i / 7.});
  server.publish(records);
  Client asks(server.req_port());
  Json answer;
  for (int tries = 0; tries < 1000 && !answer.contains("error"); ++tries)
    answer = asks.ask(R"({"request": "update_channels", "channels": ["x"], "start": 0})");
  CHECK_THAT(answer.value("error", ""), Contains("start, end and step"));
  answer = asks.ask(R"({"request": "update_channels", "channels": ["x"], "end": 3})");
  CHECK(answer["channels"]["x"]["val_record"].size() == 3);
}

TEST_CASE("live monitoring: a taken port is an error that names it", "[extension][live]") {
  const live::Server first("127.0.0.1", 0, 0);
  try {
    live::Server second("127.0.0.1", first.req_port(), 0);
    FAIL("no error");
  } catch (const ValueError& e) {
    CHECK_THAT(e.what(), Contains(std::to_string(first.req_port())) && Contains("req_port"));
  }
}

TEST_CASE("live monitoring: a run of two epochs tells its channels while it runs",
          "[extension][live]") {
  int requests = 0, publications = 0;
  {
    const live::Server free("127.0.0.1", 0, 0);
    requests = free.req_port();
    publications = free.pub_port();
  }
  Json channels, records;
  const auto ask = on_monitor([&](Session& s) {
    if (s.records().epochs_seen < 2) return;
    Client client(requests);
    channels = client.ask(R"({"request": "list_channels"})")["channels"];
    // The record of this moment is on its way to the server's thread.
    for (int tries = 0; tries < 1000 && records.size() != 3; ++tries)
      records = client.ask(
          R"({"request": "update_channels", "channels": ["objective"]})")["channels"]["objective"]
                                                                         ["val_record"];
  });
  SmallRun run(Train(Rows(), Ones(),
                     SGD(learning_rate(.25), batch_size(10), SumCost(), EpochCounter(2),
                         monitoring_dataset(Rows())),
                     LiveMonitoring(req_port(requests), pub_port(publications)), ask));
  run.run();
  CHECK(channels == Json{"learning_rate", "objective", "training_seconds_this_epoch",
                         "total_seconds_last_epoch"});
  CHECK(records == Json{1., .75, .5});
}
