// Made by make_programs.py: programs of programs.txt, compiled at namespace scope, for
// programs_o0.cpp and programs_o3.cpp.
#pragma once

#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/ops/control/repeat.hpp>
#include <dsl/ops/image/convolve.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/image/mean_pool.hpp>

#include "fuzz/program_text.hpp"

namespace {

using namespace ansatz;

auto program_2 = compile<double>([] {
  auto r0 = input<VectorSpace<1>>("y");
  auto r1 = state<Batch<VectorSpace<1>, chains>>("h");
  auto r2 = parameter<VectorSpace<1>>("single");
  auto r3 = sigmoid(r1);
  auto r4 = sigmoid_binary_cross_entropy(r2, r3);
  auto r5 = input<Tensor<2, 2, 1>>("image");
  auto r6 = parameter<Tensor<1, 2, 1, 1>>("kernel");
  auto r7 = convolve(r5, r6, border::valid, padding<0, 2>, stride<2, 1>, cross_correlation);
  auto r8 = sum(r4, all);
  auto r9 = grad(r8, r8);
  auto r10 = matmul(r3, r2);
  auto r11 = variance(r6, axis<-1>);
  auto r12 = r10 / -0.5;
  auto r13 = r12 * r10;
  auto r14 = sum(r13, all);
  auto r15 = grad(r14, r1);
  auto r16 = r15 * r15;
  auto r17 = sum(r16, all);
  auto r18 = r17 + r14;
  auto r19 = r2 * 0.25;
  auto r20 = r2 - r19;
  auto r21 = r9 * 0.25;
  auto r22 = r6 - r21;
  auto r23 = r15 * 2;
  auto r24 = r1 - r23;
  Function f;
  f.add(output("o1", r18));
  f.add(update(r1, r24));
  f.add(update(r6, r22));
  f.add(update(r2, r20));
  f.add(output("o2", r15));
  f.add(output("o0", r0));
  return f;
});

auto program_12 = compile<double>([] {
  auto r0 = state<Matrix<3, 2>>("M");
  auto r1 = reshape<Matrix<3, 2>>(r0);
  auto r2 = state<VectorSpace<3>>("v");
  auto r3 = flatten(r1);
  auto r4 = parameter<Matrix<1, 1>>("one");
  auto r5 = floor(r4);
  auto r6 = input<VectorSpace<2>>("y");
  auto r7 = sum(r6, axis<0>);
  auto r8 = log_sum_exp(r6, batch, keep_axes);
  auto r9 = min(r5, all);
  auto r10 = transpose(r8);
  auto r11 = transpose(r1);
  auto r12 = r7 * r7;
  auto r13 = sum(r12, all);
  auto r14 = grad(r13, r7);
  auto r15 = grad(r13, r6);
  auto r16 = r14 * r14;
  auto r17 = tanh(r14);
  auto r18 = sum(r17, all);
  auto r19 = r15 * r15;
  auto r20 = sum(r19, all);
  auto r21 = r18 + r20;
  auto r22 = r13 * 0.5;
  auto r23 = r2 - r22;
  Function f;
  f.add(output("o5", r8));
  f.add(update(r4, r22));
  f.add(output("o2", r17));
  f.add(output("o1", r17));
  f.add(output("o3", r21));
  f.add(output("o0", r14));
  f.add(output("o4", r15));
  f.add(update(r0, r18));
  f.add(update(r2, r23));
  return f;
});

auto program_13 = compile<double>([] {
  auto r0 = state<Matrix<2, 2>>("kM");
  auto r1 = softmax(r0, axis<0>);
  auto r2 = input<IndexSpace<2>>("t");
  auto r3 = take_rows(r0, r2);
  auto r4 = matmul(r1, r0);
  auto r5 = r4 - r1;
  auto r6 = r1 > r4;
  auto r7 = clip(r1, -0.5, 0.75);
  auto r8 = sum(r0, axis<1>);
  auto r9 = tanh(r6);
  auto r10 = square(r9);
  auto r11 = sum(r10, all);
  auto r12 = grad(r11, r0);
  auto r13 = grad(r11, r8);
  auto r14 = grad(r11, r0);
  auto r15 = r12 * r12;
  auto r16 = sum(r15, all);
  auto r17 = r13 * r13;
  auto r18 = sum(r17, all);
  auto r19 = r14 * r16;
  auto r20 = tanh(r14);
  auto r21 = sum(r20, all);
  auto r22 = r16 + r18;
  auto r23 = r22 + r21;
  auto r24 = scalar("krate");
  Function f;
  f.add(output("o2", r14));
  f.add(output("o3", r24));
  f.add(update(r0, r23));
  f.add(output("o4", r23));
  f.add(output("o0", r12));
  f.add(output("o1", r13));
  return f;
});

auto program_14 = compile<double>([] {
  auto r0 = parameter<Matrix<2, 2>>("U");
  auto r1 = state<Batch<VectorSpace<2>, chains>>("h");
  auto r2 = concatenate(axis<-1>, r0, r0);
  auto r3 = parameter<Matrix<3, 2>>("V");
  auto r4 = transpose(r0);
  auto r5 = transpose(r1);
  auto r6 = matmul(r4, r5);
  auto r7 = transpose(r3);
  auto r8 = state<Batch<Scalar, chains>>("kg");
  auto r9 = parameter<Matrix<3, 1>>("column");
  auto r10 = maximum(r8, r9);
  auto r11 = norm(r7, all, keep_axes);
  auto r12 = transpose(r7);
  auto r13 = transpose(r9);
  auto r14 = parameter<Matrix<1, 2>>("krow");
  auto r15 = minimum(r0, r14);
  auto r16 = r13 < 0.1;
  auto r17 = sin(r13);
  auto r18 = sum(r17, all);
  auto r19 = grad(r18, r9);
  auto r20 = grad(r18, r18);
  auto r21 = r19 * r19;
  auto r22 = sum(r21, all);
  auto r23 = r20 * r19;
  auto r24 = tanh(r20);
  auto r25 = sum(r24, all);
  auto r26 = r22 + r25;
  auto r27 = grad(r26, r9);
  auto r28 = r27 * r27;
  auto r29 = tanh(r27);
  auto r30 = sum(r29, all);
  auto r31 = grad(r30, r20);
  auto r32 = r31 * r28;
  auto r33 = sum(r32, all);
  Function f;
  f.add(output("o3", r19));
  f.add(output("o2", r31));
  f.add(output("o4", r33));
  f.add(output("o1", r20));
  f.add(output("o5", r3));
  f.add(output("o0", r27));
  return f;
});

auto program_17 = compile<double>([] {
  auto r0 = parameter<Tensor<3, 3, 3>>("T");
  auto r1 = parameter<Tensor<2, 2, 3, 1>>("kernel");
  auto r2 = parameter<Tensor<1, 2, 3, 2>>("kkernel");
  auto r3 = softmax(r2, axis<-1>);
  auto r4 = r3 * r1;
  auto r5 = sum(r4, all);
  auto r6 = grad(r5, r2);
  auto r7 = square(r6);
  auto r8 = r7 + 0.25;
  auto r9 = rsqrt(r8);
  auto r10 = parameter<Matrix<1, 3>>("R");
  auto r11 = square(r4);
  auto r12 = mean(r11, all);
  auto r13 = grad(r12, r3);
  auto r14 = r13 * r13;
  auto r15 = sum(r14, all);
  auto r16 = grad(r15, r1);
  auto r17 = grad(r15, r2);
  auto r18 = r16 * r16;
  auto r19 = sum(r18, all);
  auto r20 = r17 * r17;
  auto r21 = sum(r20, all);
  auto r22 = r19 + r21;
  Function f;
  f.add(update(r0, r5));
  f.add(output("o1", r22));
  f.add(output("o0", r13));
  f.add(output("o5", r16));
  f.add(output("o3", r19));
  f.add(output("o6", r10));
  f.add(output("o4", r19));
  f.add(output("o2", r17));
  f.add(update(r2, r17));
  f.add(update(r10, r19));
  f.add(output("o7", r6));
  return f;
});

auto program_20 = compile<double>([] {
  auto r0 = input<Matrix<2, 3>>("table");
  auto r1 = -r0;
  auto r2 = state<Batch<VectorSpace<33>, chains>>("h");
  auto r3 = input<Tensor<33, 2, 3>>("image");
  auto r4 = shared_input<VectorSpace<2>>("q");
  auto r5 = r3 - r0;
  auto r6 = parameter<Scalar>("s");
  auto r7 = r4 > r6;
  auto r8 = where(r7, r4, 0.1);
  auto r9 = sin(r8);
  auto r10 = sum(r9, all);
  auto r11 = grad(r10, r4);
  auto r12 = grad(r10, r1);
  auto r13 = grad(r10, r4);
  auto r14 = r11 * r11;
  auto r15 = tanh(r11);
  auto r16 = sum(r15, all);
  auto r17 = r12 * r16;
  auto r18 = sum(r17, all);
  auto r19 = r13 * r13;
  auto r20 = tanh(r13);
  auto r21 = sum(r20, all);
  auto r22 = r16 + r18;
  auto r23 = r22 + r21;
  auto r24 = r23 + r10;
  auto r25 = input<Scalar>("z");
  auto r26 = r21 * 2;
  auto r27 = r2 - r26;
  Function f;
  f.add(output("o5", r11));
  f.add(output("o2", r24));
  f.add(update(r6, r6));
  f.add(update(r2, r27));
  f.add(output("o3", r12));
  f.add(output("o4", r13));
  f.add(output("o0", r23));
  f.add(output("o1", r25));
  return f;
});

auto program_23 = compile<double>([] {
  auto r0 = state<Matrix<3, 1>>("M");
  auto r1 = transpose(r0);
  auto r2 = input<VectorSpace<3>>("kx");
  auto r3 = r1 * r1;
  auto r4 = sum(r3, all);
  auto r5 = grad(r4, r0);
  auto r6 = reshape<VectorSpace<3>>(r1);
  auto r7 = parameter<VectorSpace<3>>("kb");
  auto r8 = -r7;
  auto r9 = sin(r6);
  auto r10 = sum(r9, all);
  auto r11 = grad(r10, r9);
  auto r12 = r8 - r0;
  Function f;
  f.add(output("o0", r12));
  f.add(output("o1", r12));
  return f;
});

auto program_28 = compile<double>([] {
  auto r0 = parameter<Matrix<2, 2>>("V");
  auto r1 = min(r0, units, keep_axes);
  auto r2 = input<Matrix<2, 2>>("table");
  auto r3 = elu(r2, 0.5);
  auto r4 = r2 != r3;
  auto r5 = sigmoid(r2);
  auto r6 = sigmoid(r3);
  auto r7 = binary_cross_entropy(r6, r5);
  auto r8 = softmax(r6, axis<-1>);
  auto r9 = sum(r5, all);
  auto r10 = r9 * 0.4228;
  auto r11 = grad(r10, r10);
  auto r12 = r11 * r11;
  auto r13 = sum(r12, all);
  auto r14 = grad(r13, r11);
  auto r15 = grad(r13, r13);
  auto r16 = grad(r13, r13);
  auto r17 = r14 * r0;
  auto r18 = sum(r17, all);
  auto r19 = r15 * r15;
  auto r20 = sum(r19, all);
  auto r21 = r16 * r16;
  auto r22 = tanh(r16);
  auto r23 = sum(r22, all);
  auto r24 = r18 + r20;
  auto r25 = r24 + r23;
  auto r26 = grad(r25, r0);
  auto r27 = r26 * r25;
  auto r28 = r27 * 0.3345;
  auto r29 = sum(r28, all);
  auto r30 = r29 * 0.25;
  Function f;
  f.add(output("o1", r16));
  f.add(output("o5", r15));
  f.add(output("o0", r30));
  f.add(output("o4", r26));
  f.add(output("o6", r26));
  f.add(output("o2", r14));
  f.add(output("o3", r11));
  return f;
});

auto program_32 = compile<double>([] {
  auto r0 = shared_input<VectorSpace<2>>("q");
  auto r1 = round(r0);
  auto r2 = input<VectorSpace<2>>("x");
  auto r3 = square(r2);
  auto r4 = r3 + 0.25;
  auto r5 = log(r4);
  auto r6 = input<Tensor<2, 2, 3>>("image");
  auto r7 = mean_pool(r6, pool<1, 2>, stride<0, 1>);
  auto r8 = r5 > -2.5;
  auto r9 = where(r8, r4, r3);
  auto r10 = sin(r1);
  auto r11 = sum(r10, all);
  auto r12 = grad(r11, r0);
  auto r13 = r12 * r8;
  auto r14 = sum(r13, all);
  auto r15 = grad(r14, r5);
  auto r16 = r15 * r15;
  auto r17 = sum(r16, all);
  auto r18 = grad(r17, r16);
  auto r19 = r18 * r18;
  auto r20 = sum(r19, all);
  auto r21 = r20 + r17;
  Function f;
  f.add(output("o4", r21));
  f.add(output("o1", r18));
  f.add(output("o0", r12));
  f.add(output("o3", r15));
  f.add(output("o2", r5));
  return f;
});

auto program_36 = compile<double>([] {
  auto r0 = parameter<Matrix<1, 1>>("one");
  auto r1 = parameter<Matrix<1, 3>>("W");
  auto r2 = parameter<Matrix<1, 3>>("R");
  auto r3 = transpose(r1);
  auto r4 = matmul(r2, r3);
  auto r5 = r3 * r1;
  auto r6 = sum(r5, all);
  auto r7 = grad(r6, r6);
  auto r8 = input<IndexSpace<3>>("t");
  auto r9 = one_hot(r8, 3);
  auto r10 = r1 - r6;
  auto r11 = parameter<VectorSpace<1>>("single");
  auto r12 = shared_input<Matrix<1, 3>>("Q");
  auto r13 = sum(r10, all);
  auto r14 = grad(r13, r1);
  auto r15 = r14 * 0.4649;
  auto r16 = broadcast_to(r15, r15);
  auto r17 = softplus(r6);
  auto r18 = pow(r17, -1);
  auto r19 = r4 * r16;
  auto r20 = parameter<Matrix<3, 1>>("column");
  auto r21 = state<Matrix<1, 3>>("M");
  auto r22 = transpose(r21);
  auto r23 = r18 + r10;
  auto r24 = transpose(r5);
  auto r25 = matmul(r24, r3);
  auto r26 = broadcast_to(r1, r24);
  auto r27 = flatten(r24);
  auto r28 = matmul(r24, r24);
  auto r29 = state<Batch<Scalar, chains>>("kg");
  auto r30 = parameter<Matrix<3, 1>>("V");
  auto r31 = r7 * 1;
  auto r32 = r11 - r31;
  auto r33 = r20 * 2;
  auto r34 = r30 - r33;
  Function f;
  f.add(output("o0", r1));
  f.add(update(r30, r34));
  f.add(output("o1", r30));
  f.add(update(r11, r32));
  f.add(update(r1, r19));
  return f;
});

fuzz::StaticProgram programs[] = {
    {2, &program_2},   {12, &program_12}, {13, &program_13}, {14, &program_14}, {17, &program_17},
    {20, &program_20}, {23, &program_23}, {28, &program_28}, {32, &program_32}, {36, &program_36},
};

}  // namespace
