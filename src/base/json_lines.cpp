#include "json_lines.hpp"

#include <ansatz/base/shown.hpp>

#include "../dsl/text.hpp"
#include "../dsl/utf8.hpp"
#include "say.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ansatz {

OrderedJson json_of(double value) {
  if (std::isfinite(value)) return value;
  return running::number_text(value);
}

void add_key(OrderedJson& object, std::string key, OrderedJson value) {
  object.get_ref<OrderedJson::object_t&>().push_back({std::move(key), std::move(value)});
}

std::string json_text(const OrderedJson& json) {
  const std::string text = json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  if (is_plain(text)) return text;
  // All that is left to escape stands in strings, and below U+10000.
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const utf8::Character c = utf8::decode(std::string_view(text).substr(at));
    const std::string_view bytes(text.data() + at, static_cast<std::size_t>(c.bytes));
    if (is_plain(bytes))
      out += bytes;
    else
      out += fmt::format("\\u{:04x}", c.code);
    at += bytes.size();
  }
  return out;
}

void put_json(const OrderedJson& json) { say(stdout, "{}\n", json_text(json)); }

void put_event(const char* event,
               std::initializer_list<std::pair<const char*, OrderedJson>> fields) {
  OrderedJson object = OrderedJson::object();
  for (const auto& [name, value] : fields) object[name] = value;
  put_event_with(event, object);
}

void put_event_with(const char* event, const OrderedJson& fields) {
  OrderedJson json{{"event", event}};
  for (const auto& [name, value] : fields.items()) add_key(json, name, value);
  put_json(json);
  std::fflush(stdout);
}

}  // namespace ansatz
