;; FastCDC cut points (Xia et al., USENIX ATC 2016; IEEE TPDS 2020), judged on the high bits of a 64-bit gear hash.
;; docs/format/content.md gives the definition; test/content/reference.ts is the same in plain JavaScript.
;;
;; Memory: bytes 0..2047 hold the gear table (256 × u64, little-endian); the bytes to cut lie anywhere behind it.
(module
  (memory (export "memory") 1)

  ;; Length of the chunk that begins at $start, where $length bytes of the stream are there. Asks for
  ;; 64 <= min < normal < max, and for $length >= max or the end of the stream behind these bytes.
  ;; $strict and $loose: zero bits asked of the hash before the normal length, and from there on.
  (func (export "cut")
    (param $start i32) (param $length i32) (param $min i32) (param $normal i32) (param $max i32)
    (param $strict i32) (param $loose i32) (result i32)
    (local $turn i32) (local $hit i32)
    (if (i32.gt_u (local.get $length) (local.get $max)) (then (local.set $length (local.get $max))))
    (if (i32.le_u (local.get $length) (local.get $min)) (then (return (local.get $length))))
    (local.set $turn
      (select (local.get $normal) (local.get $length) (i32.lt_u (local.get $normal) (local.get $length))))

    (local.set $hit (call $scan
      (i32.add (local.get $start) (local.get $min))
      (i32.add (local.get $start) (local.get $turn))
      (local.get $strict)))
    (if (i32.eqz (local.get $hit)) (then
      (local.set $hit (call $scan
        (i32.add (local.get $start) (local.get $turn))
        (i32.add (local.get $start) (local.get $length))
        (local.get $loose)))))
    (select (i32.sub (local.get $hit) (local.get $start)) (local.get $length) (local.get $hit)))

  ;; The first place p in [$p, $to) where the hash of the 64 bytes before p has $bits leading zeros, or 0.
  (func $scan (param $p i32) (param $to i32) (param $bits i32) (result i32)
    (local $h i64) (local $before i64) (local $limit i64)
    (if (i32.ge_u (local.get $p) (local.get $to)) (then (return (i32.const 0))))
    (local.set $limit (i64.shl (i64.const 1) (i64.extend_i32_u (i32.sub (i32.const 64) (local.get $bits)))))
    (local.set $h (call $warm (local.get $p)))
    (if (i64.lt_u (local.get $h) (local.get $limit)) (then (return (local.get $p))))

    ;; Eight at a time, up to the group with a cut in it or the last few bytes; the loop behind finds the place.
    (block $near
      (loop $eight
        (local.set $before (local.get $h))
        (br_if $near (i32.gt_u (i32.add (local.get $p) (i32.const 8)) (local.get $to)))
        (local.set $h (i64.add (i64.shl (local.get $h) (i64.const 1))
          (i64.load (i32.shl (i32.load8_u (local.get $p)) (i32.const 3)))))
        (br_if $near (i64.lt_u (local.get $h) (local.get $limit)))
        (local.set $h (i64.add (i64.shl (local.get $h) (i64.const 1))
          (i64.load (i32.shl (i32.load8_u offset=1 (local.get $p)) (i32.const 3)))))
        (br_if $near (i64.lt_u (local.get $h) (local.get $limit)))
        (local.set $h (i64.add (i64.shl (local.get $h) (i64.const 1))
          (i64.load (i32.shl (i32.load8_u offset=2 (local.get $p)) (i32.const 3)))))
        (br_if $near (i64.lt_u (local.get $h) (local.get $limit)))
        (local.set $h (i64.add (i64.shl (local.get $h) (i64.const 1))
          (i64.load (i32.shl (i32.load8_u offset=3 (local.get $p)) (i32.const 3)))))
        (br_if $near (i64.lt_u (local.get $h) (local.get $limit)))
        (local.set $h (i64.add (i64.shl (local.get $h) (i64.const 1))
          (i64.load (i32.shl (i32.load8_u offset=4 (local.get $p)) (i32.const 3)))))
        (br_if $near (i64.lt_u (local.get $h) (local.get $limit)))
        (local.set $h (i64.add (i64.shl (local.get $h) (i64.const 1))
          (i64.load (i32.shl (i32.load8_u offset=5 (local.get $p)) (i32.const 3)))))
        (br_if $near (i64.lt_u (local.get $h) (local.get $limit)))
        (local.set $h (i64.add (i64.shl (local.get $h) (i64.const 1))
          (i64.load (i32.shl (i32.load8_u offset=6 (local.get $p)) (i32.const 3)))))
        (br_if $near (i64.lt_u (local.get $h) (local.get $limit)))
        (local.set $h (i64.add (i64.shl (local.get $h) (i64.const 1))
          (i64.load (i32.shl (i32.load8_u offset=7 (local.get $p)) (i32.const 3)))))
        (br_if $near (i64.lt_u (local.get $h) (local.get $limit)))
        (local.set $p (i32.add (local.get $p) (i32.const 8)))
        (br $eight)))

    (local.set $h (local.get $before))
    (loop $one
      (if (i32.ge_u (local.get $p) (local.get $to)) (then (return (i32.const 0))))
      (if (i64.lt_u (local.get $h) (local.get $limit)) (then (return (local.get $p))))
      (local.set $h (i64.add (i64.shl (local.get $h) (i64.const 1))
        (i64.load (i32.shl (i32.load8_u (local.get $p)) (i32.const 3)))))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br $one))
    (unreachable))

  ;; The hash of the 64 bytes before $p; what came earlier would have been shifted out.
  (func $warm (param $p i32) (result i64)
    (local $h i64) (local $q i32)
    (local.set $q (i32.sub (local.get $p) (i32.const 64)))
    (loop $byte
      (local.set $h (i64.add (i64.shl (local.get $h) (i64.const 1))
        (i64.load (i32.shl (i32.load8_u (local.get $q)) (i32.const 3)))))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (br_if $byte (i32.lt_u (local.get $q) (local.get $p))))
    (local.get $h)))
