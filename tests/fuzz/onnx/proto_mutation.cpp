// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/onnx/proto_mutation.h"

#include <google/protobuf/descriptor.h>

namespace nnp::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// A field that is present, or may be made so.
struct Place {
  Message* message;
  const FieldDescriptor* field;
};

struct Survey {
  std::vector<Place> places;
  std::vector<std::string> texts;
};

constexpr std::size_t kMostPlaces = 4000;  // of long lists the first

void survey(Message& message, Survey& found) {
  const Reflection& reflection = *message.GetReflection();
  const auto& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count() && found.places.size() < kMostPlaces; ++i) {
    const FieldDescriptor* field = descriptor.field(i);
    found.places.push_back({&message, field});
    const bool list = field->is_repeated(), inner = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    const bool text = field->type() == FieldDescriptor::TYPE_STRING;
    const int count = list                                  ? reflection.FieldSize(message, field)
                      : reflection.HasField(message, field) ? 1
                                                            : 0;
    for (int k = 0; k < count; ++k) {
      if (inner)
        survey(list ? *reflection.MutableRepeatedMessage(&message, field, k)
                    : *reflection.MutableMessage(&message, field),
               found);
      if (text)
        found.texts.push_back(list ? reflection.GetRepeatedString(message, field, k)
                                   : reflection.GetString(message, field));
    }
  }
}

/// What is written to one number or text, in its place or at `index` of its list.
class Writer {
 public:
  Writer(Random& random, const Survey& survey, const std::vector<std::string>& words)
      : random_(random), survey_(survey), words_(words) {}

  void write(const Place& place, int index) {
    Message& message = *place.message;
    const Reflection& reflection = *message.GetReflection();
    const FieldDescriptor* field = place.field;
    const bool list = field->is_repeated();
    const auto put = [&](auto set, auto set_in_list, auto value) {
      if (list)
        (reflection.*set_in_list)(&message, field, index, value);
      else
        (reflection.*set)(&message, field, value);
    };
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return put(&Reflection::SetInt32, &Reflection::SetRepeatedInt32,
                   static_cast<std::int32_t>(odd_number(random_)));
      case FieldDescriptor::CPPTYPE_INT64:
        return put(&Reflection::SetInt64, &Reflection::SetRepeatedInt64, odd_number(random_));
      case FieldDescriptor::CPPTYPE_UINT64:
        return put(&Reflection::SetUInt64, &Reflection::SetRepeatedUInt64,
                   static_cast<std::uint64_t>(odd_number(random_)));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return put(&Reflection::SetFloat, &Reflection::SetRepeatedFloat, odd_float());
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return put(&Reflection::SetDouble, &Reflection::SetRepeatedDouble, double{odd_float()});
      case FieldDescriptor::CPPTYPE_ENUM:
        return put(&Reflection::SetEnumValue, &Reflection::SetRepeatedEnumValue,
                   static_cast<int>(below(random_, 24)));
      case FieldDescriptor::CPPTYPE_STRING:
        return put(&Reflection::SetString, &Reflection::SetRepeatedString, text_for(place, index));
      default:
        return;
    }
  }

 private:
  float odd_float() {
    constexpr float kEdges[] = {0.0f, -0.0f, 1.0f, -1.0f, 1e-40f, 1e38f, -1e38f};
    if (once_in(random_, 8)) return std::numeric_limits<float>::infinity();
    if (once_in(random_, 8)) return std::numeric_limits<float>::quiet_NaN();
    return once_in(random_, 2) ? any_of(random_, kEdges) : static_cast<float>(odd_number(random_));
  }
  std::string text_for(const Place& place, int index) {
    const Reflection& reflection = *place.message->GetReflection();
    std::string now = place.field->is_repeated()
                          ? reflection.GetRepeatedString(*place.message, place.field, index)
                          : reflection.GetString(*place.message, place.field);
    if (place.field->type() == FieldDescriptor::TYPE_BYTES || once_in(random_, 8)) {
      damage(random_, now);
      return now;
    }
    if (place.field->name() == "op_type" || survey_.texts.empty() || once_in(random_, 10))
      return any_of(random_, words_);
    return any_of(random_, survey_.texts);
  }
  Random& random_;
  const Survey& survey_;
  const std::vector<std::string>& words_;
};

/// A copy of a list's element at the end of a list of the same type.
void graft(Random& random, const Survey& found, const Place& to) {
  if (to.field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return;
  for (int tries = 0; tries < 20; ++tries) {
    const Place& from = any_of(random, found.places);
    if (from.field->message_type() != to.field->message_type() || !from.field->is_repeated()) continue;
    const Reflection& reflection = *from.message->GetReflection();
    const int size = reflection.FieldSize(*from.message, from.field);
    if (size == 0) continue;
    const Message& element = reflection.GetRepeatedMessage(
        *from.message, from.field, static_cast<int>(below(random, static_cast<std::size_t>(size))));
    std::unique_ptr<Message> copy(element.New());
    copy->CopyFrom(element);
    to.message->GetReflection()->AddAllocatedMessage(to.message, to.field, copy.release());
    return;
  }
}

void change_list(Random& random, const Survey& found, const Place& place, Writer& writer) {
  Message& message = *place.message;
  const Reflection& reflection = *message.GetReflection();
  const int size = reflection.FieldSize(message, place.field);
  if (size == 0) return graft(random, found, place);
  const auto any = [&] { return static_cast<int>(below(random, static_cast<std::size_t>(size))); };
  switch (below(random, 4)) {
    case 0:  // the last becomes another, then goes
      reflection.SwapElements(&message, place.field, any(), size - 1);
      return reflection.RemoveLast(&message, place.field);
    case 1:
      return reflection.SwapElements(&message, place.field, any(), any());
    case 2:
      return graft(random, found, place);
    default:
      writer.write(place, any());
  }
}

}  // namespace

void mutate(Random& random, Message& message, const std::vector<std::string>& words) {
  Survey found;
  survey(message, found);
  for (int tries = 0; tries < 50; ++tries) {
    const Place& place = any_of(random, found.places);
    const Reflection& reflection = *place.message->GetReflection();
    const bool list = place.field->is_repeated();
    const bool present = list ? reflection.FieldSize(*place.message, place.field) > 0
                              : reflection.HasField(*place.message, place.field);
    if (!present && !once_in(random, 12)) continue;  // mostly change what is there
    Writer writer(random, found, words);
    if (list) return change_list(random, found, place, writer);
    if (once_in(random, 8)) return reflection.ClearField(place.message, place.field);
    if (place.field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) continue;
    return writer.write(place, 0);
  }
}

}  // namespace nnp::fuzz
